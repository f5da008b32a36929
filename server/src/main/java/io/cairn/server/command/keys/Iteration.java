package io.cairn.server.command.keys;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.ElementScan;
import io.cairn.server.command.Glob;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Commands that look through the keys of a database, which stand in byte order.
 *
 * <p>SCAN goes on behind the last key that it looked at, so a key that exists all the while is returned exactly once,
 * whatever is added and deleted meanwhile. The cursor is a number by which the caller finds that key again.
 *
 * <p><i>Immutable.</i>
 */
final class Iteration {
    private static final int NAMESPACE_BYTES = 4;
    private static final long DEFAULT_COUNT = 10;

    private Iteration() {}

    static Reply keys(Call call) {
        Glob glob = new Glob(call.arg(1));
        List<Reply> found = new ArrayList<>();
        byte[] from = SystemRows.meta(call.turn().namespace(call.db()), glob.prefix());
        try (RowCursor cursor = call.turn().cursor(Family.META, from, behind(from))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] key = key(cursor);
                if ((glob.matchesAll() || glob.matches(key)) && isAlive(call.turn(), cursor.value())) {
                    found.add(Reply.bulk(key));
                }
            }
        }
        return Reply.array(found);
    }

    /** What a call of SCAN looks for. */
    private record Scan(
            Glob glob, boolean all, long count, @Nullable String type) {
        boolean matches(Turn turn, byte[] key, byte[] row) {
            return (all || glob.matches(key))
                    && isAlive(turn, row)
                    && (type == null || MetaRow.type(row).typeName().equals(type));
        }
    }

    static Reply scan(Call call) {
        long cursorNumber = ElementScan.cursor(call, 1);
        Scan scan = parse(call);
        Caller caller = call.caller();
        byte[] after = cursorNumber == 0 || caller == null ? null : caller.recallCursor(call.db(), cursorNumber);
        Turn turn = call.turn();
        byte[] from = SystemRows.meta(
                turn.namespace(call.db()),
                scan.all() ? new byte[0] : scan.glob().prefix());
        List<Reply> found = new ArrayList<>();
        byte[] last = null;
        try (RowCursor cursor = turn.cursor(Family.META, from, behind(from))) {
            if (after == null) {
                cursor.seekToFirst();
            } else {
                seekBehind(cursor, turn.namespace(call.db()), after);
            }
            for (long left = caller == null ? Long.MAX_VALUE : scan.count(); left > 0 && cursor.valid(); left--) {
                last = key(cursor);
                if (scan.matches(turn, last, cursor.value())) {
                    found.add(Reply.bulk(last));
                }
                cursor.next();
            }
            if (!cursor.valid()) {
                last = null;
            }
        }
        long next = last == null || caller == null ? 0 : caller.rememberCursor(call.db(), last);
        return ElementScan.reply(next, found);
    }

    private static Scan parse(Call call) {
        byte[] pattern = {'*'};
        long count = DEFAULT_COUNT;
        String type = null;
        for (int at = 2; at < call.count(); at += 2) {
            boolean hasValue = at + 1 < call.count();
            if (call.is(at, "count") && hasValue) {
                count = call.integer(at + 1);
                if (count < 1) {
                    throw CommandException.syntax();
                }
            } else if (call.is(at, "match") && hasValue) {
                pattern = call.arg(at + 1);
            } else if (call.is(at, "type") && hasValue) {
                type = call.text(at + 1).toLowerCase(Locale.ROOT);
            } else {
                throw CommandException.syntax();
            }
        }
        Glob glob = new Glob(pattern);
        return new Scan(glob, glob.matchesAll(), count, type);
    }

    private static void seekBehind(RowCursor cursor, int namespace, byte[] key) {
        byte[] at = SystemRows.meta(namespace, key);
        cursor.seek(at);
        if (cursor.valid() && Arrays.equals(cursor.key(), at)) {
            cursor.next();
        }
    }

    static Reply randomkey(Call call) {
        Turn turn = call.turn();
        byte[] from = SystemRows.namespaceStart(turn.namespace(call.db()));
        try (RowCursor cursor = turn.cursor(Family.META, from, behind(from))) {
            byte[] key = RandomProbe.of(cursor, from).find(row -> isAlive(turn, row));
            return key == null ? Reply.NULL : Reply.bulk(Arrays.copyOfRange(key, NAMESPACE_BYTES, key.length));
        }
    }

    private static boolean isAlive(Turn turn, byte[] row) {
        long dueMillis = MetaRow.expireAtMillis(row);
        return dueMillis == MetaRow.NO_EXPIRY || dueMillis > turn.nowMillis() || turn.isStreaming();
    }

    private static byte[] key(RowCursor cursor) {
        byte[] row = cursor.key();
        return Arrays.copyOfRange(row, NAMESPACE_BYTES, row.length);
    }

    /** The first key behind all that begin with {@code prefix}, or null if none can be. */
    private static byte @Nullable [] behind(byte[] prefix) {
        for (int at = prefix.length - 1; at >= 0; at--) {
            if (prefix[at] != -1) {
                byte[] end = Arrays.copyOf(prefix, at + 1);
                end[at]++;
                return end;
            }
        }
        return null;
    }
}
