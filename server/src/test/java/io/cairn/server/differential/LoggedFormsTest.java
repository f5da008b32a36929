package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands are logged in the forms that they declare, and the page of replication shows. */
final class LoggedFormsTest {
    private static final int COMMANDS = 20_000;

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void commandsAreLoggedAsDeclared(long seed) throws IOException {
        Random random = new Random(seed);
        List<CommandGenerator> generators = Families.generators();
        try (Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, random)) {
            for (int i = 0; i < COMMANDS; i++) {
                byte[][] args =
                        generators.get(random.nextInt(generators.size())).next(random);
                long before = node.position();
                Object answer = node.call(args);
                for (byte[][] effect : node.effects(before)) {
                    boolean declared = isFrame(effect) || isDeclared(args, effect);
                    assertTrue(
                            declared,
                            () -> "seed " + seed + ": " + Answers.text(args) + " -> " + answer + " is logged as "
                                    + Answers.text(effect) + ", declared are " + forms(args));
                }
            }
        }
    }

    @Test
    void everyFormBeginsWithACommand() {
        List<String> unknown = new ArrayList<>();
        for (Command command : Families.commands()) {
            for (String form : command.logged()) {
                if (!form.equals(Command.AS_CALLED)
                        && Families.command(form.split(" ")[0].toLowerCase(Locale.ROOT))
                                .isEmpty()) {
                    unknown.add(command.name() + ": " + form);
                }
            }
            if (command.is(Flag.WRITE)
                    && command.handler() != null
                    && command.logged().isEmpty()) {
                unknown.add(command.name() + ": none");
            }
        }
        assertEquals(List.of(), unknown);
    }

    /** What frames a unit, and keys that had expired and are deleted before. */
    private static boolean isFrame(byte[][] effect) {
        String name = word(effect[0]);
        return List.of("select", "multi", "exec").contains(name) || name.equals("del") && effect.length == 2;
    }

    private static boolean isDeclared(byte[][] args, byte[][] effect) {
        for (String form : forms(args)) {
            boolean agrees = form.equals(Command.AS_CALLED)
                    ? Arrays.deepEquals(args, effect)
                    : form.split(" ")[0].toLowerCase(Locale.ROOT).equals(word(effect[0]));
            if (agrees) {
                return true;
            }
        }
        return false;
    }

    private static List<String> forms(byte[][] args) {
        Command command = Families.command(word(args[0])).orElseThrow();
        if (command.subcommands().isEmpty() || args.length < 2) {
            return command.logged();
        }
        String name = command.name() + "|" + word(args[1]);
        return command.subcommands().stream()
                .filter(sub -> sub.name().equals(name))
                .findAny()
                .orElse(command)
                .logged();
    }

    private static String word(byte[] arg) {
        return new String(arg, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }
}
