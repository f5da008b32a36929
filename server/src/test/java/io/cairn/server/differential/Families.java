package io.cairn.server.differential;

import io.cairn.server.command.Command;
import io.cairn.server.command.geo.GeoCommands;
import io.cairn.server.command.hashes.HashCommands;
import io.cairn.server.command.hyperloglog.HyperLogLogCommands;
import io.cairn.server.command.keys.KeyCommands;
import io.cairn.server.command.lists.ListCommands;
import io.cairn.server.command.sets.SetCommands;
import io.cairn.server.command.sortedsets.SortedSetCommands;
import io.cairn.server.command.streams.StreamCommands;
import io.cairn.server.command.strings.BitmapCommands;
import io.cairn.server.command.strings.StringCommands;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All families of data commands and their generators.
 *
 * <p><i>Immutable.</i>
 */
public final class Families {
    private static final Map<String, Command> COMMANDS = new TreeMap<>();

    static {
        List.of(
                        StringCommands.commands(),
                        BitmapCommands.commands(),
                        KeyCommands.commands(),
                        HashCommands.commands(),
                        SetCommands.commands(),
                        ListCommands.commands(),
                        SortedSetCommands.commands(),
                        GeoCommands.commands(),
                        HyperLogLogCommands.commands(),
                        StreamCommands.commands())
                .forEach(family -> family.forEach(command -> COMMANDS.put(command.name(), command)));
    }

    private Families() {}

    /** The command of that name, lower case. */
    public static Optional<Command> command(String name) {
        return Optional.ofNullable(COMMANDS.get(name));
    }

    /** All commands. */
    public static List<Command> commands() {
        return List.copyOf(COMMANDS.values());
    }

    /** A generator for every family. */
    public static List<CommandGenerator> generators() {
        return List.of(
                new StringGenerator(),
                new BitmapGenerator(),
                new KeyGenerator(),
                new HashGenerator(),
                new SetGenerator(),
                new ListGenerator(),
                new SortedSetGenerator(),
                new GeoGenerator(),
                new HyperLogLogGenerator(),
                new StreamGenerator());
    }
}
