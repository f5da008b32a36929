package io.cairn.server.command.strings;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Expiry;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that set and get whole values.
 *
 * <p><i>Immutable.</i>
 */
final class Values {
    private static final byte[] SET = ascii("SET");
    private static final byte[] PXAT = ascii("PXAT");
    private static final byte[] DEL = ascii("DEL");
    private static final byte[] PEXPIREAT = ascii("PEXPIREAT");
    private static final byte[] PERSIST = ascii("PERSIST");

    private Values() {}

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    static Reply set(Call call) {
        if (call.count() == 3) {
            Strings.set(call.turn(), call.db(), call.arg(1), call.arg(2), MetaRow.NO_EXPIRY);
            call.notify(Event.STRING, "set", call.arg(1));
            call.changed();
            return Reply.OK;
        }
        SetOptions options = SetOptions.ofSet(call);
        long dueMillis = options.dueMillis(call, "set");
        byte[] key = call.arg(1);
        byte[] before =
                options.get() ? StringCommands.source(call, 1) : call.turn().write(call.db(), key);
        Reply reply = options.get() ? StringCommands.reply(call, before) : Reply.OK;
        if (options.nx() && before != null || options.xx() && before == null) {
            return options.get() ? reply : Reply.NULL;
        }
        if (options.keepTtl() && before != null) {
            dueMillis = MetaRow.expireAtMillis(before);
        }
        Strings.set(call.turn(), call.db(), key, call.arg(2), dueMillis);
        call.notify(Event.STRING, "set", key);
        if (options.unit() != Expiry.Unit.NONE) {
            call.notify(Event.GENERIC, "expire", key);
            call.propagate(SET, key, call.arg(2), PXAT, Numbers.bytes(dueMillis));
        } else if (options.get()) {
            call.propagate(withoutGet(call));
        } else {
            call.changed();
        }
        return reply;
    }

    /** A SET is logged without GET: a replica has nobody to tell. */
    private static byte[][] withoutGet(Call call) {
        List<byte[]> args = new ArrayList<>(List.of(call.args()).subList(0, 3));
        for (int at = 3; at < call.count(); at++) {
            if (!call.is(at, "get")) {
                args.add(call.arg(at));
            }
        }
        return args.toArray(new byte[0][]);
    }

    static Reply setnx(Call call) {
        if (call.turn().write(call.db(), call.arg(1)) != null) {
            return Reply.ZERO;
        }
        Strings.set(call.turn(), call.db(), call.arg(1), call.arg(2), MetaRow.NO_EXPIRY);
        call.notify(Event.STRING, "set", call.arg(1));
        call.changed();
        return Reply.ONE;
    }

    static Reply setex(Call call) {
        return setExpiring(call, Expiry.Unit.EX, "setex");
    }

    static Reply psetex(Call call) {
        return setExpiring(call, Expiry.Unit.PX, "psetex");
    }

    private static Reply setExpiring(Call call, Expiry.Unit unit, String command) {
        long dueMillis = unit.dueMillis(call, 2, command);
        Strings.set(call.turn(), call.db(), call.arg(1), call.arg(3), dueMillis);
        call.notify(Event.STRING, "set", call.arg(1));
        call.notify(Event.GENERIC, "expire", call.arg(1));
        call.propagate(SET, call.arg(1), call.arg(3), PXAT, Numbers.bytes(dueMillis));
        return Reply.OK;
    }

    static Reply get(Call call) {
        return StringCommands.reply(call, StringCommands.read(call, 1));
    }

    static Reply getset(Call call) {
        Reply before = StringCommands.reply(call, StringCommands.source(call, 1));
        Strings.set(call.turn(), call.db(), call.arg(1), call.arg(2), MetaRow.NO_EXPIRY);
        call.notify(Event.STRING, "set", call.arg(1));
        call.propagate(SET, call.arg(1), call.arg(2));
        return before;
    }

    static Reply getdel(Call call) {
        byte[] row = StringCommands.source(call, 1);
        if (row == null) {
            return Reply.NULL;
        }
        Reply reply = StringCommands.reply(call, row);
        call.turn().set(call.db(), call.arg(1), null);
        call.notifyDeleted(call.arg(1));
        call.propagate(DEL, call.arg(1));
        return reply;
    }

    static Reply getex(Call call) {
        SetOptions options = SetOptions.ofGetex(call);
        byte[] key = call.arg(1);
        byte[] row = StringCommands.source(call, 1);
        if (row == null) {
            return Reply.NULL;
        }
        long dueMillis = options.dueMillis(call, "getex");
        Reply reply = StringCommands.reply(call, row);
        if (options.unit().isAbsolute()
                && dueMillis <= call.turn().nowMillis()
                && !call.turn().isStreaming()) {
            call.turn().set(call.db(), key, null);
            call.notifyDeleted(key);
            call.propagate(call.turn().handle().expireCommand(), key);
        } else if (options.unit() != Expiry.Unit.NONE) {
            call.turn().set(call.db(), key, MetaRow.withExpiry(row, dueMillis));
            call.notify(Event.GENERIC, "expire", key);
            call.propagate(PEXPIREAT, key, Numbers.bytes(dueMillis));
        } else if (options.persist() && MetaRow.expireAtMillis(row) != MetaRow.NO_EXPIRY) {
            call.turn().set(call.db(), key, MetaRow.withExpiry(row, MetaRow.NO_EXPIRY));
            call.notify(Event.GENERIC, "persist", key);
            call.propagate(PERSIST, key);
        }
        return reply;
    }

    static Reply mget(Call call) {
        List<Reply> values = new ArrayList<>(call.count() - 1);
        for (int at = 1; at < call.count(); at++) {
            byte[] row = call.turn().read(call.db(), call.arg(at));
            boolean string = row != null && MetaRow.type(row) == ValueType.STRING;
            values.add(string ? StringCommands.reply(call, row) : Reply.NULL);
        }
        return Reply.array(values);
    }

    static Reply mset(Call call) {
        requirePairs(call, "mset");
        setAll(call);
        return Reply.OK;
    }

    static Reply msetnx(Call call) {
        requirePairs(call, "msetnx");
        for (int at = 1; at < call.count(); at += 2) {
            if (call.turn().write(call.db(), call.arg(at)) != null) {
                return Reply.ZERO;
            }
        }
        setAll(call);
        return Reply.ONE;
    }

    private static void requirePairs(Call call, String command) {
        if (call.count() % 2 == 0) {
            throw new CommandException("ERR wrong number of arguments for '" + command + "' command");
        }
    }

    private static void setAll(Call call) {
        for (int at = 1; at < call.count(); at += 2) {
            Strings.set(call.turn(), call.db(), call.arg(at), call.arg(at + 1), MetaRow.NO_EXPIRY);
            call.notify(Event.STRING, "set", call.arg(at));
        }
        call.changed();
    }
}
