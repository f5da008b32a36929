package io.cairn.server.command.hashes;

import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.HashEdit;
import io.cairn.engine.types.Hashes;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of all hash commands, and what their handlers share.
 *
 * <p><i>Immutable.</i>
 */
public final class HashCommands {
    private HashCommands() {}

    /** All hash commands. */
    public static List<Command> commands() {
        List<Command> all = new ArrayList<>(FieldExpiry.commands());
        all.addAll(List.of(
                change("hset", -4, HashWrites::hset, UPDATE)
                        .elements(ElementSpec.every(2, 2))
                        .summary("Sets fields of a hash.")
                        .complexity("O(N), N = fields set")
                        .build(),
                change("hsetnx", 4, HashWrites::hsetnx, INSERT)
                        .logs(Command.AS_CALLED, "HDEL key field")
                        .elements(ElementSpec.at(2))
                        .summary("Sets a field of a hash unless the hash has it.")
                        .build(),
                change("hmset", -4, HashWrites::hmset, UPDATE)
                        .elements(ElementSpec.every(2, 2))
                        .summary("Sets fields of a hash; HSET does the same.")
                        .complexity("O(N), N = fields set")
                        .build(),
                Command.of("hdel", -3, HashWrites::hdel)
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .group("hash")
                        .since("2.0.0")
                        .elements(ElementSpec.from(2))
                        .summary("Removes fields from a hash, and the hash with its last field.")
                        .complexity("O(N), N = fields named")
                        .build(),
                Command.of("hincrby", 4, HashWrites::hincrby)
                        .logs(Command.AS_CALLED, "HDEL key field")
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("hash")
                        .since("2.0.0")
                        .elements(ElementSpec.at(2))
                        .summary("Adds to the integer in a field of a hash.")
                        .build(),
                Command.of("hincrbyfloat", 4, HashWrites::hincrbyfloat)
                        .logs(
                                "HSET key field sum",
                                "HPEXPIREAT key unix-time-milliseconds FIELDS 1 field",
                                "HDEL key field")
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("hash")
                        .since("2.6.0")
                        .elements(ElementSpec.at(2))
                        .summary("Adds to the number in a field of a hash.")
                        .build(),
                lookup("hget", 3, HashReads::hget, RO, ACCESS)
                        .elements(ElementSpec.at(2))
                        .summary("Returns the value of a field of a hash.")
                        .build(),
                lookup("hmget", -3, HashReads::hmget, RO, ACCESS)
                        .elements(ElementSpec.from(2))
                        .summary("Returns the values of several fields of a hash.")
                        .complexity("O(N), N = fields named")
                        .build(),
                lookup("hexists", 3, HashReads::hexists, RO)
                        .elements(ElementSpec.at(2))
                        .summary("Tells whether a hash has a field.")
                        .build(),
                lookup("hlen", 2, HashReads::hlen, RO)
                        .summary("Returns the number of fields of a hash.")
                        .build(),
                lookup("hstrlen", 3, HashReads::hstrlen, RO)
                        .since("3.2.0")
                        .elements(ElementSpec.at(2))
                        .summary("Returns the length of the value of a field of a hash.")
                        .build(),
                whole("hgetall", 2, HashReads::hgetall)
                        .summary("Returns all fields of a hash and their values.")
                        .tips("nondeterministic_output_order")
                        .build(),
                whole("hkeys", 2, HashReads::hkeys)
                        .summary("Returns all fields of a hash.")
                        .tips("nondeterministic_output_order")
                        .build(),
                whole("hvals", 2, HashReads::hvals)
                        .summary("Returns all values of a hash.")
                        .tips("nondeterministic_output_order")
                        .build(),
                whole("hrandfield", -2, HashReads::hrandfield)
                        .since("6.2.0")
                        .summary("Returns random fields of a hash.")
                        .complexity("O(N), N = fields asked for")
                        .tips("nondeterministic_output")
                        .build(),
                whole("hscan", -3, HashReads::hscan)
                        .since("2.8.0")
                        .summary("Goes over the fields of a hash in steps.")
                        .complexity("O(1) a step, O(N) for all N fields")
                        .tips("nondeterministic_output")
                        .build()));
        return all;
    }

    private static Command.Builder change(String name, int arity, Handler handler, KeySpec.Access access) {
        return Command.of(name, arity, handler)
                .flags(WRITE, DENYOOM, FAST)
                .keys(KeySpec.one(1, RW, access))
                .group("hash")
                .since("2.0.0");
    }

    private static Command.Builder lookup(String name, int arity, Handler handler, KeySpec.Access... access) {
        return Command.of(name, arity, handler)
                .flags(READONLY, FAST)
                .keys(KeySpec.one(1, access))
                .group("hash")
                .since("2.0.0");
    }

    private static Command.Builder whole(String name, int arity, Handler handler) {
        return Command.of(name, arity, handler)
                .flags(READONLY)
                .keys(KeySpec.one(1, RO, ACCESS))
                .group("hash")
                .since("2.0.0")
                .complexity("O(N), N = fields of the hash");
    }

    /** The meta row of the hash at the first argument for reading, or null. */
    static byte @Nullable [] read(Call call) {
        return hash(call.turn().read(call.db(), call.arg(1)));
    }

    /** Starts to change the hash at the first argument. */
    static HashEdit edit(Call call) {
        byte[] key = call.arg(1);
        return Hashes.edit(call.turn(), call.db(), key, hash(call.turn().write(call.db(), key)));
    }

    static byte @Nullable [] hash(byte @Nullable [] row) {
        if (row != null && MetaRow.type(row) != ValueType.HASH) {
            throw CommandException.wrongType();
        }
        return row;
    }
}
