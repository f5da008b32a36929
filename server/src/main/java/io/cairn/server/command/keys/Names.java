package io.cairn.server.command.keys;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Keys;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import java.util.Arrays;

/**
 * Commands on whether keys exist and what they are called.
 *
 * <p><i>Immutable.</i>
 */
final class Names {
    private Names() {}

    static Reply delete(Call call) {
        Turn turn = call.turn();
        long deleted = 0;
        for (int at = 1; at < call.count(); at++) {
            if (turn.write(call.db(), call.arg(at)) != null) {
                turn.set(call.db(), call.arg(at), null);
                call.notifyDeleted(call.arg(at));
                deleted++;
            }
        }
        if (deleted > 0) {
            call.changed();
        }
        return Reply.integer(deleted);
    }

    static Reply touch(Call call) {
        call.turn().quiet(false);
        return count(call);
    }

    static Reply exists(Call call) {
        call.turn().quiet(true);
        return count(call);
    }

    private static Reply count(Call call) {
        long found = 0;
        for (int at = 1; at < call.count(); at++) {
            if (call.turn().read(call.db(), call.arg(at)) != null) {
                found++;
            }
        }
        return Reply.integer(found);
    }

    static Reply type(Call call) {
        call.turn().quiet(true);
        byte[] row = call.turn().read(call.db(), call.arg(1));
        return Reply.simple(row == null ? "none" : MetaRow.type(row).typeName());
    }

    static Reply rename(Call call) {
        rename(call, true);
        return Reply.OK;
    }

    static Reply renamenx(Call call) {
        return Reply.integer(rename(call, false));
    }

    /** The value keeps its rows: they stand under its version, not under the key. */
    private static boolean rename(Call call, boolean overExisting) {
        Turn turn = call.turn();
        byte[] from = call.arg(1);
        byte[] to = call.arg(2);
        byte[] row = turn.write(call.db(), from);
        if (row == null) {
            throw new CommandException("ERR no such key");
        }
        if (Arrays.equals(from, to)) {
            return false;
        }
        if (turn.write(call.db(), to) != null && !overExisting) {
            return false;
        }
        turn.set(call.db(), from, null);
        replace(turn, call.db(), to, row);
        call.notify(Event.GENERIC, "rename_from", from);
        call.notify(Event.GENERIC, "rename_to", to);
        call.changed();
        return true;
    }

    static Reply copy(Call call) {
        int toDb = call.db();
        boolean replace = false;
        for (int at = 3; at < call.count(); at++) {
            if (call.is(at, "replace")) {
                replace = true;
            } else if (call.is(at, "db") && at + 1 < call.count()) {
                toDb = database(call, ++at);
            } else {
                throw CommandException.syntax();
            }
        }
        if (toDb == call.db() && Arrays.equals(call.arg(1), call.arg(2))) {
            throw sameObject();
        }
        Turn turn = call.turn();
        byte[] row = turn.read(call.db(), call.arg(1));
        if (row == null || turn.write(toDb, call.arg(2)) != null && !replace) {
            return Reply.ZERO;
        }
        replace(turn, toDb, call.arg(2), Keys.copy(turn, row));
        call.notify(Event.GENERIC, "copy_to", toDb, call.arg(2));
        call.changed();
        return Reply.ONE;
    }

    static Reply move(Call call) {
        int toDb = database(call, 2);
        if (toDb == call.db()) {
            throw sameObject();
        }
        Turn turn = call.turn();
        byte[] key = call.arg(1);
        byte[] row = turn.write(call.db(), key);
        if (row == null || turn.write(toDb, key) != null) {
            return Reply.ZERO;
        }
        turn.set(call.db(), key, null);
        turn.set(toDb, key, row);
        call.notify(Event.GENERIC, "move_from", key);
        call.notify(Event.GENERIC, "move_to", toDb, key);
        call.changed();
        return Reply.ONE;
    }

    /** Sets a key after deleting what it was: the key is a new one. */
    private static void replace(Turn turn, int db, byte[] key, byte[] row) {
        turn.set(db, key, null);
        turn.set(db, key, row);
    }

    private static int database(Call call, int index) {
        long db = call.integer(index);
        if (db < Integer.MIN_VALUE || db > Integer.MAX_VALUE) {
            throw new CommandException("ERR value is out of range, value must between -2147483648 and 2147483647");
        }
        if (db < 0 || db >= call.turn().databases()) {
            throw new CommandException("ERR DB index is out of range");
        }
        return (int) db;
    }

    private static CommandException sameObject() {
        return new CommandException("ERR source and destination objects are the same");
    }
}
