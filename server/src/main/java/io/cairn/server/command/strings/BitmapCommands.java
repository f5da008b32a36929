package io.cairn.server.command.strings;

import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;
import static io.cairn.server.command.KeySpec.Access.VARIABLE_FLAGS;

import io.cairn.server.command.Command;
import io.cairn.server.command.KeySpec;
import java.util.List;

/**
 * The declarations of all commands on bits of strings.
 *
 * <p><i>Immutable.</i>
 */
public final class BitmapCommands {
    private BitmapCommands() {}

    /** All bitmap commands. */
    public static List<Command> commands() {
        return List.of(
                Command.of("setbit", 4, Bits::setbit)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("bitmap")
                        .since("2.2.0")
                        .summary("Sets or clears a bit of the value of a key, and returns what it was.")
                        .build(),
                Command.of("getbit", 3, Bits::getbit)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("bitmap")
                        .since("2.2.0")
                        .summary("Returns a bit of the value of a key.")
                        .build(),
                Command.of("bitcount", -2, BitSearch::bitcount)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("bitmap")
                        .since("2.6.0")
                        .summary("Counts the bits that are set in the value of a key, or in a part of it.")
                        .complexity("O(N)")
                        .build(),
                Command.of("bitpos", -3, BitSearch::bitpos)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("bitmap")
                        .since("2.8.7")
                        .summary("Finds the first bit that is set, or clear, in the value of a key or in a part of it.")
                        .complexity("O(N)")
                        .build(),
                Command.of("bitop", -4, BitOperation::bitop)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(2, OW, UPDATE), KeySpec.range(3, -1, 1, RO, ACCESS))
                        .group("bitmap")
                        .since("2.6.0")
                        .summary("Combines the values of several keys bit by bit and stores the result.")
                        .complexity("O(N)")
                        .build(),
                Command.of("bitfield", -2, BitFields::bitfield)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE, VARIABLE_FLAGS))
                        .group("bitmap")
                        .since("3.2.0")
                        .summary("Gets, sets and adds to integers of any width within the value of a key.")
                        .complexity("O(1) for each subcommand specified")
                        .build(),
                Command.of("bitfield_ro", -2, BitFields::bitfieldRo)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("bitmap")
                        .since("6.0.0")
                        .summary("Gets integers of any width within the value of a key.")
                        .complexity("O(1) for each subcommand specified")
                        .build());
    }
}
