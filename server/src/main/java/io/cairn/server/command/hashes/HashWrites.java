package io.cairn.server.command.hashes;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.HashEdit;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.LongDouble;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The commands that change hashes.
 *
 * <p><i>Immutable.</i>
 */
final class HashWrites {
    private static final byte[] HSET = "HSET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HDEL = "HDEL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZERO = {'0'};

    private HashWrites() {}

    static Reply hset(Call call) {
        return Reply.integer(put(call, "hset"));
    }

    static Reply hmset(Call call) {
        put(call, "hmset");
        return Reply.OK;
    }

    private static long put(Call call, String name) {
        if (call.count() % 2 == 1) {
            throw new CommandException("ERR wrong number of arguments for '" + name + "' command");
        }
        HashEdit hash = HashCommands.edit(call);
        long added = 0;
        for (int at = 2; at < call.count(); at += 2) {
            if (hash.put(call.arg(at), call.arg(at + 1))) {
                added++;
            }
        }
        hash.store();
        call.notify(Event.HASH, "hset", call.arg(1));
        call.changed();
        return added;
    }

    static Reply hsetnx(Call call) {
        HashEdit hash = HashCommands.edit(call);
        deleteIfDue(call, hash);
        if (hash.get(call.arg(2)) != null) {
            return Reply.ZERO;
        }
        hash.put(call.arg(2), call.arg(3));
        hash.store();
        call.notify(Event.HASH, "hset", call.arg(1));
        call.changed();
        return Reply.ONE;
    }

    static Reply hdel(Call call) {
        HashEdit hash = HashCommands.edit(call);
        long removed = 0;
        for (int at = 2; at < call.count() && hash.count() > 0; at++) {
            if (hash.remove(call.arg(at))) {
                removed++;
            }
        }
        if (removed > 0) {
            hash.store();
            call.notifyTaken(Event.HASH, "hdel", call.arg(1));
            call.changed();
        }
        return Reply.integer(removed);
    }

    static Reply hincrby(Call call) {
        long increment = call.integer(3);
        HashEdit hash = HashCommands.edit(call);
        deleteIfDue(call, hash);
        byte[] stored = hash.get(call.arg(2));
        if (stored != null && !Numbers.isLong(stored)) {
            throw new CommandException("ERR hash value is not an integer");
        }
        long before = stored == null ? 0 : Numbers.parseLong(stored);
        long after = before + increment;
        if (((before ^ after) & (increment ^ after)) < 0) {
            throw new CommandException("ERR increment or decrement would overflow");
        }
        hash.putKeepingExpiry(call.arg(2), Numbers.bytes(after));
        hash.store();
        call.notify(Event.HASH, "hincrby", call.arg(1));
        call.changed();
        return Reply.integer(after);
    }

    static Reply hincrbyfloat(Call call) {
        byte[] increment = call.arg(3);
        if (!LongDouble.isNumber(increment)) {
            throw CommandException.notFloat();
        }
        if (LongDouble.isInfinite(increment)) {
            throw new CommandException("ERR value is NaN or Infinity");
        }
        HashEdit hash = HashCommands.edit(call);
        deleteIfDue(call, hash);
        byte[] stored = hash.get(call.arg(2));
        byte[] sum = LongDouble.sum(stored == null ? ZERO : stored, increment, "ERR hash value is not a float");
        hash.putKeepingExpiry(call.arg(2), sum);
        hash.store();
        call.notify(Event.HASH, "hincrbyfloat", call.arg(1));
        call.propagate(HSET, call.arg(1), call.arg(2), sum);
        long dueMillis = hash.expiry(call.arg(2));
        if (dueMillis != HashEdit.NEVER) { // which HSET has taken away
            FieldExpiry.propagate(call, dueMillis, List.of(call.arg(2)));
        }
        return Reply.bulk(sum);
    }

    /** A primary deletes the field that a command is about to look at, if it has expired. */
    private static void deleteIfDue(Call call, HashEdit hash) {
        boolean primary = !call.turn().isStreaming();
        if (primary && hash.removeIfDue(call.arg(2), call.turn().nowMillis())) {
            call.turn().effect(call.db(), HDEL, call.arg(1), call.arg(2));
            call.notify(Event.HASH, "hexpired", call.arg(1));
        }
    }
}
