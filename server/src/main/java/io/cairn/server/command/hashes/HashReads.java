package io.cairn.server.command.hashes;

import io.cairn.engine.types.Element;
import io.cairn.engine.types.ElementCursor;
import io.cairn.engine.types.Hashes;
import io.cairn.engine.types.Sample;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Draws;
import io.cairn.server.command.ElementScan;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The commands that read hashes.
 *
 * <p><i>Immutable.</i>
 */
final class HashReads {
    private HashReads() {}

    static Reply hget(Call call) {
        byte[] row = HashCommands.read(call);
        return row == null ? Reply.NULL : value(call, row, 2);
    }

    static Reply hmget(Call call) {
        byte[] row = HashCommands.read(call);
        List<Reply> values = new ArrayList<>(call.count() - 2);
        for (int at = 2; at < call.count(); at++) {
            values.add(row == null ? Reply.NULL : value(call, row, at));
        }
        return Reply.array(values);
    }

    private static Reply value(Call call, byte[] row, int field) {
        byte[] value = Hashes.get(call.turn(), row, call.arg(field));
        return value == null ? Reply.NULL : Reply.bulk(value);
    }

    static Reply hexists(Call call) {
        byte[] row = HashCommands.read(call);
        return Reply.integer(row != null && Hashes.get(call.turn(), row, call.arg(2)) != null);
    }

    static Reply hlen(Call call) {
        byte[] row = HashCommands.read(call);
        return Reply.integer(row == null ? 0 : Hashes.count(row));
    }

    static Reply hstrlen(Call call) {
        byte[] row = HashCommands.read(call);
        byte[] value = row == null ? null : Hashes.get(call.turn(), row, call.arg(2));
        return Reply.integer(value == null ? 0 : value.length);
    }

    static Reply hgetall(Call call) {
        return new Reply.Pairs(all(call, true, true));
    }

    static Reply hkeys(Call call) {
        return Reply.array(all(call, true, false));
    }

    static Reply hvals(Call call) {
        return Reply.array(all(call, false, true));
    }

    private static List<Reply> all(Call call, boolean fields, boolean values) {
        byte[] row = HashCommands.read(call);
        if (row == null) {
            return List.of();
        }
        List<Reply> found = new ArrayList<>((int) Hashes.count(row) * (fields && values ? 2 : 1));
        try (ElementCursor cursor = Hashes.cursor(call.turn(), row)) {
            while (cursor.next()) {
                Element element = cursor.element();
                if (fields) {
                    found.add(field(element));
                }
                if (values) {
                    found.add(value(element));
                }
            }
        }
        return found;
    }

    static Reply hscan(Call call) {
        long cursor = ElementScan.cursor(call, 2);
        byte[] row = HashCommands.read(call);
        if (row == null) {
            return ElementScan.nothing();
        }
        ElementScan scan = ElementScan.options(call, 3);
        List<Reply> found = new ArrayList<>();
        long next = Hashes.scan(call.turn(), row, cursor, scan.count(), element -> {
            if (scan.matchesAll() || scan.matches(element.member())) {
                found.add(field(element));
                found.add(value(element));
            }
        });
        return ElementScan.reply(next, found);
    }

    static Reply hrandfield(Call call) {
        if (call.count() == 2) {
            byte[] row = HashCommands.read(call);
            if (row == null) {
                return Reply.NULL;
            }
            Sample sample = Sample.ofHash(call.turn(), row, ThreadLocalRandom.current());
            return sample.isEmpty() ? Reply.NULL : field(sample.one());
        }
        long count = Draws.count(call, 2);
        boolean withValues = call.count() == 4 && call.is(3, "withvalues");
        if (call.count() > (withValues ? 4 : 3)) {
            throw CommandException.syntax();
        }
        if (withValues && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) {
            throw new CommandException("ERR value is out of range");
        }
        byte[] row = HashCommands.read(call);
        if (row == null || count == 0) {
            return Reply.EMPTY_ARRAY;
        }
        Sample sample = Sample.ofHash(call.turn(), row, ThreadLocalRandom.current());
        if (sample.isEmpty()) {
            return Reply.EMPTY_ARRAY;
        }
        List<Element> drawn = count > 0 ? sample.distinct(count) : sample.repeated(Draws.repeats(count));
        Caller caller = call.caller();
        return Reply.array(shape(drawn, withValues, caller != null && caller.protocol() == 3));
    }

    /** With values RESP2 has fields and values in turn, RESP3 an array a field. */
    private static List<Reply> shape(List<Element> drawn, boolean withValues, boolean nested) {
        List<Reply> items = new ArrayList<>(drawn.size() * (withValues && !nested ? 2 : 1));
        for (Element element : drawn) {
            if (withValues && nested) {
                items.add(Reply.array(List.of(field(element), value(element))));
            } else {
                items.add(field(element));
                if (withValues) {
                    items.add(value(element));
                }
            }
        }
        return items;
    }

    private static Reply field(Element element) {
        return new Reply.Bulk(element.bytes(), element.start(), element.end());
    }

    private static Reply value(Element element) {
        return new Reply.Bulk(element.valueBytes(), element.valueStart(), element.valueEnd());
    }
}
