package io.cairn.server.command.sets;

import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.MOVABLEKEYS;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Element;
import io.cairn.engine.types.SetEdit;
import io.cairn.engine.types.Sets;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of all set commands, and what their handlers share.
 *
 * <p><i>Immutable.</i>
 */
public final class SetCommands {
    private static final String ALL_MEMBERS = "O(N), N = members of all sets";
    private static final String INTERSECTION = "O(N*M), N = members of the smallest set, M = sets";

    private SetCommands() {}

    /** All set commands. */
    public static List<Command> commands() {
        return List.of(
                set("sadd", -3, SetMembers::sadd)
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, INSERT))
                        .elements(ElementSpec.from(2))
                        .summary("Adds members to a set.")
                        .complexity("O(N), N = members named")
                        .build(),
                set("srem", -3, SetMembers::srem)
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .elements(ElementSpec.from(2))
                        .summary("Removes members from a set, and the set with its last member.")
                        .complexity("O(N), N = members named")
                        .build(),
                set("smove", 4, SetMembers::smove)
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, DELETE), KeySpec.one(2, RW, INSERT))
                        .summary("Moves a member from one set to another.")
                        .build(),
                set("sismember", 3, SetMembers::sismember)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO))
                        .elements(ElementSpec.at(2))
                        .summary("Tells whether a set has a member.")
                        .build(),
                set("smismember", -3, SetMembers::smismember)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .since("6.2.0")
                        .elements(ElementSpec.from(2))
                        .summary("Tells for several members whether a set has them.")
                        .complexity("O(N), N = members named")
                        .build(),
                set("scard", 2, SetMembers::scard)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO))
                        .summary("Returns the number of members of a set.")
                        .build(),
                set("smembers", 2, SetMembers::smembers)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .summary("Returns all members of a set.")
                        .complexity("O(N), N = members of the set")
                        .tips("nondeterministic_output_order")
                        .build(),
                set("sscan", -3, SetMembers::sscan)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .since("2.8.0")
                        .summary("Goes over the members of a set in steps.")
                        .complexity("O(1) a step, O(N) for all N members")
                        .tips("nondeterministic_output")
                        .build(),
                set("spop", -2, RandomMembers::spop)
                        .logs("SREM key member ...", "DEL key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, DELETE))
                        .summary("Removes random members from a set and returns them.")
                        .complexity("O(N), N = members asked for")
                        .tips("nondeterministic_output")
                        .build(),
                set("srandmember", -2, RandomMembers::srandmember)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .summary("Returns random members of a set.")
                        .complexity("O(N), N = members asked for")
                        .tips("nondeterministic_output")
                        .build(),
                algebra("sinter", SetAlgebra::sinter)
                        .summary("Returns the members that all of several sets have.")
                        .complexity(INTERSECTION)
                        .build(),
                set("sintercard", -3, SetAlgebra::sintercard)
                        .flags(READONLY, MOVABLEKEYS)
                        .keys(KeySpec.count(1, RO, ACCESS))
                        .since("7.0.0")
                        .summary("Returns the number of members that all of several sets have, up to a limit.")
                        .complexity(INTERSECTION)
                        .build(),
                algebra("sunion", SetAlgebra::sunion)
                        .summary("Returns the members that any of several sets has.")
                        .complexity(ALL_MEMBERS)
                        .build(),
                algebra("sdiff", SetAlgebra::sdiff)
                        .summary("Returns the members of the first set that no other one has.")
                        .complexity(ALL_MEMBERS)
                        .build(),
                store("sinterstore", SetAlgebra::sinterstore, RW)
                        .summary("Stores the members that all of several sets have.")
                        .complexity(INTERSECTION)
                        .build(),
                store("sunionstore", SetAlgebra::sunionstore, OW)
                        .summary("Stores the members that any of several sets has.")
                        .complexity(ALL_MEMBERS)
                        .build(),
                store("sdiffstore", SetAlgebra::sdiffstore, OW)
                        .summary("Stores the members of the first set that no other one has.")
                        .complexity(ALL_MEMBERS)
                        .build());
    }

    private static Command.Builder set(String name, int arity, Handler handler) {
        return Command.of(name, arity, handler).group("set").since("1.0.0");
    }

    private static Command.Builder algebra(String name, Handler handler) {
        return set(name, -2, handler)
                .flags(READONLY)
                .keys(KeySpec.range(1, -1, 1, RO, ACCESS))
                .tips("nondeterministic_output_order");
    }

    private static Command.Builder store(String name, Handler handler, KeySpec.Access destination) {
        return set(name, -3, handler)
                .flags(WRITE, DENYOOM)
                .keys(KeySpec.one(1, destination, UPDATE), KeySpec.range(2, -1, 1, RO, ACCESS));
    }

    /** The meta row of the set at an argument for reading, or null. */
    static byte @Nullable [] read(Call call, int index) {
        return requireSet(call.turn().read(call.db(), call.arg(index)));
    }

    /** The meta row of the set at an argument for writing, or null. */
    static byte @Nullable [] write(Call call, int index) {
        return requireSet(call.turn().write(call.db(), call.arg(index)));
    }

    /** The meta row of the set at an argument, which a command that writes others reads, or null. */
    static byte @Nullable [] source(Call call, int index) {
        return requireSet(call.source(call.arg(index)));
    }

    /** Starts to change the set at an argument, whose meta row was read for writing. */
    static SetEdit edit(Call call, int index, byte @Nullable [] row) {
        return Sets.edit(call.turn(), call.db(), call.arg(index), row);
    }

    static byte @Nullable [] requireSet(byte @Nullable [] row) {
        if (row != null && MetaRow.type(row) != ValueType.SET) {
            throw CommandException.wrongType();
        }
        return row;
    }

    static Reply reply(Element element) {
        return new Reply.Bulk(element.bytes(), element.start(), element.end());
    }
}
