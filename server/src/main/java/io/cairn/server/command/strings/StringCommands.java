package io.cairn.server.command.strings;

import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.OFF_LOOP;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;
import static io.cairn.server.command.KeySpec.Access.VARIABLE_FLAGS;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of all string commands, and what their handlers share.
 *
 * <p><i>Immutable.</i>
 */
public final class StringCommands {
    private StringCommands() {}

    /** All string commands. */
    public static List<Command> commands() {
        return List.of(
                Command.of("set", -3, Values::set)
                        .logs(Command.AS_CALLED, "SET key value", "SET key value PXAT unix-time-milliseconds")
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE, VARIABLE_FLAGS))
                        .group("string")
                        .since("1.0.0")
                        .summary("Sets the value of a key, whatever it held.")
                        .build(),
                Command.of("setnx", 3, Values::setnx)
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, OW, INSERT))
                        .group("string")
                        .since("1.0.0")
                        .summary("Sets the value of a key that does not exist.")
                        .build(),
                Command.of("setex", 4, Values::setex)
                        .logs("SET key value PXAT unix-time-milliseconds")
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, OW, UPDATE))
                        .group("string")
                        .since("2.0.0")
                        .summary("Sets the value of a key and its time to live in seconds.")
                        .build(),
                Command.of("psetex", 4, Values::psetex)
                        .logs("SET key value PXAT unix-time-milliseconds")
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, OW, UPDATE))
                        .group("string")
                        .since("2.6.0")
                        .summary("Sets the value of a key and its time to live in milliseconds.")
                        .build(),
                Command.of("get", 2, Values::get)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("string")
                        .since("1.0.0")
                        .summary("Returns the value of a key.")
                        .build(),
                Command.of("getset", 3, Values::getset)
                        .logs("SET key value")
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("1.0.0")
                        .summary("Sets the value of a key and returns the one before.")
                        .build(),
                Command.of("getdel", 2, Values::getdel)
                        .logs("DEL key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, DELETE))
                        .group("string")
                        .since("6.2.0")
                        .summary("Returns the value of a key and deletes the key.")
                        .build(),
                Command.of("getex", -2, Values::getex)
                        .logs("DEL key", "UNLINK key", "PEXPIREAT key unix-time-milliseconds", "PERSIST key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("6.2.0")
                        .summary("Returns the value of a key and changes its expiry.")
                        .build(),
                Command.of("mget", -2, Values::mget)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO, ACCESS))
                        .tips("request_policy:multi_shard")
                        .group("string")
                        .since("1.0.0")
                        .summary("Returns the values of several keys.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("mset", -3, Values::mset)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.range(1, -1, 2, OW, UPDATE))
                        .tips("request_policy:multi_shard", "response_policy:all_succeeded")
                        .group("string")
                        .since("1.0.1")
                        .summary("Sets the values of several keys at once.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("msetnx", -3, Values::msetnx)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.range(1, -1, 2, OW, INSERT))
                        .tips("request_policy:multi_shard", "response_policy:agg_min")
                        .group("string")
                        .since("1.0.1")
                        .summary("Sets the values of several keys at once if none of them exists.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("append", 3, Ranges::append)
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, INSERT))
                        .group("string")
                        .since("2.0.0")
                        .summary("Appends to the value of a key, which is created if need be.")
                        .complexity("O(N) where N is the length of the appended value.")
                        .build(),
                Command.of("strlen", 2, Ranges::strlen)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO))
                        .group("string")
                        .since("2.2.0")
                        .summary("Returns the length of the value of a key.")
                        .build(),
                Command.of("incr", 2, call -> Increments.incrby(call, 1))
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("1.0.0")
                        .summary("Adds one to the integer in a key.")
                        .build(),
                Command.of("decr", 2, call -> Increments.incrby(call, -1))
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("1.0.0")
                        .summary("Subtracts one from the integer in a key.")
                        .build(),
                Command.of("incrby", 3, call -> Increments.incrby(call, call.integer(2)))
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("1.0.0")
                        .summary("Adds to the integer in a key.")
                        .build(),
                Command.of("decrby", 3, Increments::decrby)
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("1.0.0")
                        .summary("Subtracts from the integer in a key.")
                        .build(),
                Command.of("incrbyfloat", 3, Increments::incrbyfloat)
                        .logs("SET key sum KEEPTTL")
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("string")
                        .since("2.6.0")
                        .summary("Adds to the floating point number in a key.")
                        .build(),
                Command.of("getrange", 4, Ranges::getrange)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("string")
                        .since("2.4.0")
                        .summary("Returns a part of the value of a key.")
                        .complexity("O(N) where N is the length of the part.")
                        .build(),
                Command.of("substr", 4, Ranges::getrange)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("string")
                        .since("1.0.0")
                        .summary("Returns a part of the value of a key; GETRANGE under its former name.")
                        .complexity("O(N) where N is the length of the part.")
                        .build(),
                Command.of("setrange", 4, Ranges::setrange)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .group("string")
                        .since("2.2.0")
                        .summary("Overwrites a part of the value of a key.")
                        .complexity("O(N) where N is the length of the part.")
                        .build(),
                Command.of("lcs", -3, Lcs::lcs)
                        .flags(READONLY, OFF_LOOP)
                        .keys(KeySpec.range(1, 2, 1, RO, ACCESS))
                        .group("string")
                        .since("7.0.0")
                        .summary("Finds the longest common subsequence of two values.")
                        .complexity("O(N*M) where N and M are the lengths of the values.")
                        .build());
    }

    /** The row of a string key for reading; null if there is none. */
    static byte @Nullable [] read(Call call, int index) {
        return requireString(call.turn().read(call.db(), call.arg(index)));
    }

    /** The row of a string key for writing; null if there is none. */
    static byte @Nullable [] source(Call call, int index) {
        return requireString(call.source(call.arg(index)));
    }

    /** The same for a command that changes the value. */
    static byte @Nullable [] write(Call call, int index) {
        return requireString(call.turn().write(call.db(), call.arg(index)));
    }

    private static byte @Nullable [] requireString(byte @Nullable [] row) {
        if (row != null && MetaRow.type(row) != ValueType.STRING) {
            throw CommandException.wrongType();
        }
        return row;
    }

    /** The value of a row as a reply; an inline one is not copied. */
    static Reply reply(Call call, byte @Nullable [] row) {
        if (row == null) {
            return Reply.NULL;
        }
        return MetaRow.inRows(row)
                ? Reply.bulk(Strings.value(call.turn(), row))
                : new Reply.Bulk(row, MetaRow.payloadStart(row), row.length);
    }
}
