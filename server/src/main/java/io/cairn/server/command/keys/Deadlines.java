package io.cairn.server.command.keys;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Expiry;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;

/**
 * Commands on when keys expire. They are logged as points in time; a point that has passed, as a deletion.
 *
 * <p><i>Immutable.</i>
 */
final class Deadlines {
    private static final byte[] PEXPIREAT = "PEXPIREAT".getBytes(StandardCharsets.US_ASCII);
    private static final Reply NO_KEY = Reply.integer(-2);
    private static final Reply NEVER = Reply.integer(-1);
    private static final long MILLIS = 1000;

    /** Under which conditions an expiry is set. */
    private record Conditions(boolean nx, boolean xx, boolean gt, boolean lt) {
        static Conditions parse(Call call) {
            boolean nx = false;
            boolean xx = false;
            boolean gt = false;
            boolean lt = false;
            for (int at = 3; at < call.count(); at++) {
                if (call.is(at, "nx")) {
                    nx = true;
                } else if (call.is(at, "xx")) {
                    xx = true;
                } else if (call.is(at, "gt")) {
                    gt = true;
                } else if (call.is(at, "lt")) {
                    lt = true;
                } else {
                    throw new CommandException("ERR Unsupported option " + call.text(at));
                }
            }
            if (nx && (xx || gt || lt)) {
                throw new CommandException("ERR NX and XX, GT or LT options at the same time are not compatible");
            }
            if (gt && lt) {
                throw new CommandException("ERR GT and LT options at the same time are not compatible");
            }
            return new Conditions(nx, xx, gt, lt);
        }

        boolean allow(long beforeMillis, long dueMillis) {
            boolean never = beforeMillis == MetaRow.NO_EXPIRY;
            return !(nx && !never
                    || xx && never
                    || gt && (never || dueMillis <= beforeMillis)
                    || lt && !never && dueMillis >= beforeMillis);
        }
    }

    private Deadlines() {}

    static Reply expire(Call call) {
        return expire(call, true, false, "expire");
    }

    static Reply pexpire(Call call) {
        return expire(call, false, false, "pexpire");
    }

    static Reply expireat(Call call) {
        return expire(call, true, true, "expireat");
    }

    static Reply pexpireat(Call call) {
        return expire(call, false, true, "pexpireat");
    }

    private static Reply expire(Call call, boolean seconds, boolean absolute, String command) {
        Conditions conditions = Conditions.parse(call);
        long dueMillis = dueMillis(call, seconds, absolute, command);
        byte[] key = call.arg(1);
        byte[] row = call.turn().write(call.db(), key);
        if (row == null || !conditions.allow(MetaRow.expireAtMillis(row), dueMillis)) {
            return Reply.ZERO;
        }
        boolean streaming = call.turn().isStreaming();
        if (dueMillis <= call.turn().nowMillis() && !streaming) {
            call.turn().set(call.db(), key, null);
            call.notifyDeleted(key);
            call.propagate(call.turn().handle().expireCommand(), key);
            return Reply.ONE;
        }
        // A primary's stream deletes what is due; a time before 1970 in it only has to be one that has passed.
        call.turn().set(call.db(), key, MetaRow.withExpiry(row, Math.max(dueMillis, 0)));
        call.notify(Event.GENERIC, "expire", key);
        byte[][] effect = call.args().clone();
        effect[0] = PEXPIREAT;
        effect[2] = Numbers.bytes(dueMillis);
        call.propagate(effect);
        return Reply.ONE;
    }

    private static long dueMillis(Call call, boolean seconds, boolean absolute, String command) {
        long time = call.integer(2);
        if (seconds && (time > Long.MAX_VALUE / MILLIS || time < Long.MIN_VALUE / MILLIS)) {
            throw Expiry.invalid(command);
        }
        long millis = seconds ? time * MILLIS : time;
        long from = absolute ? 0 : call.turn().nowMillis();
        if (millis > Long.MAX_VALUE - from) {
            throw Expiry.invalid(command);
        }
        return millis + from;
    }

    static Reply ttl(Call call) {
        return left(call, true, false);
    }

    static Reply pttl(Call call) {
        return left(call, false, false);
    }

    static Reply expiretime(Call call) {
        return left(call, true, true);
    }

    static Reply pexpiretime(Call call) {
        return left(call, false, true);
    }

    private static Reply left(Call call, boolean seconds, boolean absolute) {
        call.turn().quiet(true);
        byte[] row = call.turn().read(call.db(), call.arg(1));
        if (row == null) {
            return NO_KEY;
        }
        long dueMillis = MetaRow.expireAtMillis(row);
        if (dueMillis == MetaRow.NO_EXPIRY) {
            return NEVER;
        }
        long millis = absolute ? dueMillis : Math.max(dueMillis - call.turn().nowMillis(), 0);
        // Unsigned, for the last half second that there is.
        return Reply.integer(seconds ? Long.divideUnsigned(millis + MILLIS / 2, MILLIS) : millis);
    }

    static Reply persist(Call call) {
        byte[] row = call.turn().write(call.db(), call.arg(1));
        if (row == null || MetaRow.expireAtMillis(row) == MetaRow.NO_EXPIRY) {
            return Reply.ZERO;
        }
        call.turn().set(call.db(), call.arg(1), MetaRow.withExpiry(row, MetaRow.NO_EXPIRY));
        call.notify(Event.GENERIC, "persist", call.arg(1));
        call.changed();
        return Reply.ONE;
    }
}
