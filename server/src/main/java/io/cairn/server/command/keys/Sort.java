package io.cairn.server.command.keys;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.ElementCursor;
import io.cairn.engine.types.HashEdit;
import io.cairn.engine.types.Hashes;
import io.cairn.engine.types.Lists;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.Sets;
import io.cairn.engine.types.SortedSets;
import io.cairn.engine.types.ValueBuilder;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Doubles;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SORT and SORT_RO.
 *
 * <p>Which keys BY and GET read follows from the elements, so the command runs exclusively. Texts are compared byte by
 * byte, as Redis does in the C locale.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Sort implements SortPattern.Values {
    private static final byte[] HDEL = "HDEL".getBytes(StandardCharsets.US_ASCII);

    /** An element with what it is sorted by: a number, or a text (null if there is none). */
    private record Item(byte[] element, double number, byte @Nullable [] text) {}

    private final Call call;
    private final List<SortPattern> gets = new ArrayList<>();
    private boolean descending;
    private boolean alpha;
    private boolean sorts = true;
    private long limitStart;
    private long limitCount = -1;
    private @Nullable SortPattern by;
    private byte @Nullable [] store;

    private Sort(Call call) {
        this.call = call;
    }

    static Reply sort(Call call) {
        Sort sort = new Sort(call);
        sort.parse(true);
        return sort.run();
    }

    static Reply sortRo(Call call) {
        Sort sort = new Sort(call);
        sort.parse(false);
        return sort.run();
    }

    private void parse(boolean mayStore) {
        for (int at = 2; at < call.count(); at++) {
            int left = call.count() - at - 1;
            if (call.is(at, "asc")) {
                descending = false;
            } else if (call.is(at, "desc")) {
                descending = true;
            } else if (call.is(at, "alpha")) {
                alpha = true;
            } else if (call.is(at, "limit") && left >= 2) {
                limitStart = call.integer(++at);
                limitCount = call.integer(++at);
            } else if (mayStore && call.is(at, "store") && left >= 1) {
                store = call.arg(++at);
            } else if (call.is(at, "by") && left >= 1) {
                by = new SortPattern(call.arg(++at));
                sorts &= by.varies();
            } else if (call.is(at, "get") && left >= 1) {
                gets.add(new SortPattern(call.arg(++at)));
            } else {
                throw CommandException.syntax();
            }
        }
    }

    private Reply run() {
        byte[] row = row(call.arg(1));
        ValueType type = row == null ? ValueType.LIST : MetaRow.type(row);
        if (type == ValueType.STRING || type == ValueType.HASH || type == ValueType.STREAM) {
            throw CommandException.wrongType();
        }
        if (!sorts && type == ValueType.SET && store != null) {
            // What is stored must not depend on the order in which a set happens to be held.
            sorts = true;
            alpha = true;
            by = null;
        }
        List<byte[]> elements = row == null ? new ArrayList<>() : elements(type, row);
        if (sorts) {
            elements = sorted(elements);
        }
        List<byte @Nullable []> output = output(limited(elements));
        return store == null ? reply(output) : store(store, output);
    }

    /**
     * The row of a key. What is stored is logged as the command itself, so for that a key that has expired must be deleted,
     * not only hidden: whoever applies the log takes it for alive.
     */
    @Override
    public byte @Nullable [] row(byte[] key) {
        return store == null ? call.turn().read(call.db(), key) : call.source(key);
    }

    /** A field of a hash; for one that has expired the same is true as for a key. */
    @Override
    public byte @Nullable [] field(byte[] key, byte[] row, byte[] field) {
        Turn turn = call.turn();
        if (store == null || turn.isStreaming()) {
            return Hashes.get(turn, row, field);
        }
        HashEdit hash = Hashes.edit(turn, call.db(), key, row);
        if (!hash.removeIfDue(field, turn.nowMillis())) {
            return hash.get(field);
        }
        hash.store();
        turn.effect(call.db(), HDEL, key, field);
        call.notifyTaken(Event.HASH, "hexpired", key);
        return null;
    }

    /** All elements; lists and sorted sets that stay unsorted in the direction asked for. */
    private List<byte[]> elements(ValueType type, byte[] row) {
        Turn turn = call.turn();
        List<byte[]> elements = new ArrayList<>();
        if (type == ValueType.LIST) {
            elements.addAll(Lists.range(turn, row, 0, Lists.size(row) - 1));
            if (!sorts && descending) {
                Collections.reverse(elements);
            }
        } else if (type == ValueType.SET) {
            try (ElementCursor members = Sets.cursor(turn, row)) {
                while (members.next()) {
                    elements.add(members.element().member());
                }
            }
        } else {
            long last = SortedSets.size(row) - 1;
            try (ScoredCursor members = SortedSets.byRank(turn, row, 0, last, !sorts && descending)) {
                while (members.next()) {
                    elements.add(members.current().member());
                }
            }
        }
        return elements;
    }

    private List<byte[]> sorted(List<byte[]> elements) {
        List<Item> items = new ArrayList<>(elements.size());
        for (byte[] element : elements) {
            byte[] value = by == null ? element : by.lookup(call.turn(), this, element);
            items.add(new Item(element, alpha || value == null ? 0 : number(value), alpha ? value : null));
        }
        items.sort(descending ? order().reversed() : order());
        return items.stream().map(Item::element).toList();
    }

    private Comparator<Item> order() {
        if (alpha) {
            return Comparator.comparing(Item::text, Comparator.nullsFirst(Arrays::compareUnsigned));
        }
        return Comparator.comparingDouble((Item item) -> item.number() + 0.0)
                .thenComparing(Item::element, Arrays::compareUnsigned);
    }

    /** A number as strtod reads it: blanks may come in front, a zero byte ends the text, no text at all is 0. */
    private static double number(byte[] value) {
        int end = 0;
        while (end < value.length && value[end] != 0) {
            end++;
        }
        int start = 0;
        while (start < end && (value[start] == ' ' || value[start] >= '\t' && value[start] <= '\r')) {
            start++;
        }
        double number = end == 0 ? 0 : Doubles.parseOrNan(Arrays.copyOfRange(value, start, end));
        if (Double.isNaN(number)) {
            throw new CommandException("ERR One or more scores can't be converted into double");
        }
        return number;
    }

    private List<byte[]> limited(List<byte[]> elements) {
        long size = elements.size();
        long start = Math.min(Math.max(limitStart, 0), size);
        long count = Math.min(Math.max(limitCount, -1), size);
        long end = count < 0 ? size : Math.min(start + count, size);
        return elements.subList((int) start, (int) end);
    }

    private List<byte @Nullable []> output(List<byte[]> elements) {
        List<byte @Nullable []> output = new ArrayList<>();
        for (byte[] element : elements) {
            if (gets.isEmpty()) {
                output.add(element);
            }
            for (SortPattern get : gets) {
                output.add(get.lookup(call.turn(), this, element));
            }
        }
        return output;
    }

    private static Reply reply(List<byte @Nullable []> output) {
        List<Reply> replies = new ArrayList<>(output.size());
        for (byte[] value : output) {
            replies.add(value == null ? Reply.NULL : Reply.bulk(value));
        }
        return Reply.array(replies);
    }

    /** Stores the output as a list; what GET did not find becomes an empty item. */
    private Reply store(byte[] key, List<byte @Nullable []> output) {
        Turn turn = call.turn();
        boolean exists = turn.write(call.db(), key) != null;
        if (output.isEmpty()) {
            if (exists) {
                turn.set(call.db(), key, null);
                call.notifyDeleted(key);
                call.changed();
            }
            return Reply.ZERO;
        }
        ValueBuilder list = new ValueBuilder(turn);
        list.begin(ValueType.LIST, output.size());
        for (byte[] value : output) {
            list.element(value == null ? new byte[0] : value);
        }
        list.end();
        turn.set(call.db(), key, list.row());
        call.notify(Event.LIST, "sortstore", key);
        call.changed();
        return Reply.integer(output.size());
    }
}
