package io.cairn.server.command.hashes;

import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.HashEdit;
import io.cairn.engine.types.Hashes;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Expiry;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands on when fields of hashes expire, as of Redis 7.4.
 *
 * <p>Times are logged as points in time (HPEXPIREAT, with the fields that got one), a point that has passed as a deletion
 * (HDEL).
 *
 * <p><i>Immutable.</i>
 */
final class FieldExpiry {
    private static final byte[] HPEXPIREAT = ascii("HPEXPIREAT");
    private static final byte[] HDEL = ascii("HDEL");
    private static final byte[] FIELDS = ascii("FIELDS");

    /** Latest time that a field can have, Unix milliseconds: Redis keeps 46 bits for it. */
    private static final long MAX_MILLIS = (1L << 46) - 1;

    private static final long MILLIS = 1000;
    private static final Reply NO_FIELD = Reply.integer(-2);
    private static final Reply NO_EXPIRY = Reply.integer(-1);
    private static final Reply NOT_MET = Reply.ZERO;
    private static final Reply SET = Reply.ONE;
    private static final Reply DELETED = Reply.integer(2);

    private FieldExpiry() {}

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    static List<Command> commands() {
        return List.of(
                change("hexpire", -6, call -> expire(call, true, false, "hexpire"))
                        .flags(DENYOOM)
                        .logs("HPEXPIREAT key unix-time-milliseconds FIELDS n field ...", "HDEL key field ...")
                        .summary("Sets the time to live of fields of a hash in seconds.")
                        .build(),
                change("hpexpire", -6, call -> expire(call, false, false, "hpexpire"))
                        .flags(DENYOOM)
                        .logs("HPEXPIREAT key unix-time-milliseconds FIELDS n field ...", "HDEL key field ...")
                        .summary("Sets the time to live of fields of a hash in milliseconds.")
                        .build(),
                change("hexpireat", -6, call -> expire(call, true, true, "hexpireat"))
                        .flags(DENYOOM)
                        .logs("HPEXPIREAT key unix-time-milliseconds FIELDS n field ...", "HDEL key field ...")
                        .summary("Sets when fields of a hash expire, in Unix seconds.")
                        .build(),
                change("hpexpireat", -6, call -> expire(call, false, true, "hpexpireat"))
                        .flags(DENYOOM)
                        .logs("HPEXPIREAT key unix-time-milliseconds FIELDS n field ...", "HDEL key field ...")
                        .summary("Sets when fields of a hash expire, in Unix milliseconds.")
                        .build(),
                change("hpersist", -5, FieldExpiry::persist)
                        .summary("Takes the expiry away from fields of a hash.")
                        .build(),
                lookup("httl", call -> left(call, true, false))
                        .summary("Returns the time to live of fields of a hash in seconds.")
                        .build(),
                lookup("hpttl", call -> left(call, false, false))
                        .summary("Returns the time to live of fields of a hash in milliseconds.")
                        .build(),
                lookup("hexpiretime", call -> left(call, true, true))
                        .summary("Returns when fields of a hash expire, in Unix seconds.")
                        .build(),
                lookup("hpexpiretime", call -> left(call, false, true))
                        .summary("Returns when fields of a hash expire, in Unix milliseconds.")
                        .build());
    }

    private static Command.Builder change(String name, int arity, Handler handler) {
        return Command.of(name, arity, handler)
                .flags(WRITE, FAST)
                .keys(KeySpec.one(1, RW, UPDATE))
                .group("hash")
                .since("7.4.0")
                .complexity("O(N), N = fields named");
    }

    private static Command.Builder lookup(String name, Handler handler) {
        return Command.of(name, -5, handler)
                .flags(READONLY, FAST)
                .keys(KeySpec.one(1, RO, ACCESS))
                .group("hash")
                .since("7.4.0")
                .complexity("O(N), N = fields named");
    }

    // ---- arguments

    /** Under which condition a time is set. */
    private enum Condition {
        NONE(""),
        NX("nx"),
        XX("xx"),
        GT("gt"),
        LT("lt");

        private final String word;

        Condition(String word) {
            this.word = word;
        }

        static Condition of(Call call, int index) {
            for (Condition condition : values()) {
                if (condition != NONE && call.is(index, condition.word)) {
                    return condition;
                }
            }
            return NONE;
        }

        boolean isMet(long beforeMillis, long dueMillis) {
            boolean never = beforeMillis == HashEdit.NEVER;
            return switch (this) {
                case NONE -> true;
                case NX -> never;
                case XX -> !never;
                case GT -> !never && dueMillis > beforeMillis;
                case LT -> never || dueMillis < beforeMillis;
            };
        }
    }

    /** The fields behind {@code FIELDS count}, which must stand at {@code index} and take up the rest of the call. */
    private static List<byte[]> fields(Call call, int index, String badCount) {
        if (index >= call.count() || !call.is(index, "fields")) {
            throw new CommandException("ERR Mandatory argument FIELDS is missing or not at the right position");
        }
        long count = index + 1 < call.count() ? Numbers.parseLongOr(call.arg(index + 1), 0) : 0;
        if (count < 1) {
            throw new CommandException(badCount);
        }
        if (count != call.count() - index - 2) {
            throw new CommandException("ERR The `numfields` parameter must match the number of arguments");
        }
        return List.of(call.args()).subList(index + 2, call.count());
    }

    private static List<byte[]> fields(Call call) {
        return fields(call, 2, "ERR Number of fields must be a positive integer");
    }

    private static long dueMillis(Call call, boolean seconds, boolean absolute, String command) {
        long time = call.integer(2);
        if (time < 0) {
            throw new CommandException("ERR invalid expire time, must be >= 0");
        }
        if (seconds && time > MAX_MILLIS / MILLIS) {
            throw Expiry.invalid(command);
        }
        long millis = seconds ? time * MILLIS : time;
        long from = absolute ? 0 : call.turn().nowMillis();
        if (millis > MAX_MILLIS - from) {
            throw Expiry.invalid(command);
        }
        return millis + from;
    }

    // ---- commands

    private static Reply expire(Call call, boolean seconds, boolean absolute, String command) {
        byte[] row = HashCommands.hash(call.turn().write(call.db(), call.arg(1)));
        long dueMillis = dueMillis(call, seconds, absolute, command);
        Condition condition = Condition.of(call, 3);
        int fieldsAt = condition == Condition.NONE ? 3 : 4;
        List<byte[]> fields = fields(call, fieldsAt, "ERR Parameter `numFields` should be greater than 0");
        List<Reply> replies = new ArrayList<>(fields.size());
        HashEdit hash = Hashes.edit(call.turn(), call.db(), call.arg(1), row);
        List<byte[]> set = new ArrayList<>();
        List<byte[]> deleted = new ArrayList<>();
        boolean passed = dueMillis <= call.turn().nowMillis() && !call.turn().isStreaming();
        for (byte[] field : fields) {
            Reply reply = isVisible(call, hash, field) ? expire(hash, field, condition, dueMillis, passed) : NO_FIELD;
            replies.add(reply);
            if (reply == SET) {
                set.add(field);
            } else if (reply == DELETED) {
                deleted.add(field);
            }
        }
        hash.store();
        if (!deleted.isEmpty()) {
            call.propagate(effect(List.of(HDEL, call.arg(1)), deleted));
        }
        if (!set.isEmpty()) {
            propagate(call, dueMillis, set);
        }
        tell(call, hash, !set.isEmpty(), !deleted.isEmpty());
        return Reply.array(replies);
    }

    private static void tell(Call call, HashEdit hash, boolean set, boolean deleted) {
        if (deleted) {
            call.notify(Event.HASH, "hdel", call.arg(1));
            if (hash.count() == 0) {
                call.notify(Event.GENERIC, "del", call.arg(1));
            }
        } else if (set) {
            call.notify(Event.HASH, "hexpire", call.arg(1));
        }
    }

    private static Reply expire(HashEdit hash, byte[] field, Condition condition, long dueMillis, boolean passed) {
        if (!condition.isMet(hash.expiry(field), dueMillis)) {
            return NOT_MET;
        }
        if (passed) {
            hash.remove(field);
            return DELETED;
        }
        hash.expiry(field, dueMillis);
        return SET;
    }

    private static boolean isVisible(Call call, HashEdit hash, byte[] field) {
        if (hash.get(field) == null) {
            return false;
        }
        long dueMillis = hash.expiry(field);
        return dueMillis == HashEdit.NEVER
                || dueMillis > call.turn().nowMillis()
                || call.turn().isStreaming();
    }

    /** Logs that fields expire at a point in time. */
    static void propagate(Call call, long dueMillis, List<byte[]> fields) {
        List<byte[]> begin =
                List.of(HPEXPIREAT, call.arg(1), Numbers.bytes(dueMillis), FIELDS, Numbers.bytes(fields.size()));
        call.propagate(effect(begin, fields));
    }

    private static byte[][] effect(List<byte[]> begin, List<byte[]> fields) {
        List<byte[]> effect = new ArrayList<>(begin);
        effect.addAll(fields);
        return effect.toArray(new byte[0][]);
    }

    private static Reply persist(Call call) {
        byte[] row = HashCommands.hash(call.turn().write(call.db(), call.arg(1)));
        List<byte[]> fields = fields(call);
        HashEdit hash = Hashes.edit(call.turn(), call.db(), call.arg(1), row);
        List<Reply> replies = new ArrayList<>(fields.size());
        boolean changed = false;
        for (byte[] field : fields) {
            if (!isVisible(call, hash, field)) {
                replies.add(NO_FIELD);
            } else if (hash.expiry(field) == HashEdit.NEVER) {
                replies.add(NO_EXPIRY);
            } else {
                hash.expiry(field, HashEdit.NEVER);
                replies.add(SET);
                changed = true;
            }
        }
        if (changed) {
            hash.store();
            call.notify(Event.HASH, "hpersist", call.arg(1));
            call.changed();
        }
        return Reply.array(replies);
    }

    private static Reply left(Call call, boolean seconds, boolean absolute) {
        byte[] row = HashCommands.read(call);
        List<byte[]> fields = fields(call);
        List<Reply> replies = new ArrayList<>(fields.size());
        long from = absolute ? 0 : call.turn().nowMillis();
        for (byte[] field : fields) {
            if (row == null || Hashes.get(call.turn(), row, field) == null) {
                replies.add(NO_FIELD);
                continue;
            }
            long dueMillis = Hashes.expiry(call.turn(), row, field);
            if (dueMillis == HashEdit.NEVER) {
                replies.add(NO_EXPIRY);
            } else {
                replies.add(Reply.integer(seconds ? (dueMillis + MILLIS - 1 - from) / MILLIS : dueMillis - from));
            }
        }
        return Reply.array(replies);
    }
}
