package io.cairn.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private final Configuration configuration = new Configuration();

    private static String message(Throwable thrown) {
        return Objects.requireNonNull(thrown.getMessage());
    }

    private String refusal(String... words) {
        List<Configuration.Change> changes = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            changes.add(new Configuration.Change(words[i], words[i + 1]));
        }
        return message(assertThrows(ConfigException.class, () -> configuration.set(changes)));
    }

    private static void set(Configuration configuration, String name, String value) {
        configuration.set(List.of(new Configuration.Change(name, value)));
    }

    @Test
    void everyDefaultIsAValueOfItsDirective() {
        for (Directive directive : Directives.ALL) {
            String value = directive.defaultValue();
            List<String> words =
                    value.isEmpty() || directive.accumulates() ? List.of(value) : List.of(value.split(" "));
            if (directive.kind() == Directive.Kind.MEMORY || !value.isEmpty()) {
                String start = directive.kind() == Directive.Kind.OUTPUT_LIMITS ? value : "";
                assertEquals(value, directive.parse(words, start), directive.name());
            }
        }
    }

    @Test
    void readsFileAndCommandLine(@TempDir Path folder) throws IOException {
        Path included = folder.resolve("more.conf");
        Files.writeString(included, "maxclients 77\n");
        Path file = folder.resolve("cairn.conf");
        Files.writeString(file, """
                # a comment
                PORT 7000
                requirepass "a \\x41 b"
                save 900 1
                save 300 10
                client-output-buffer-limit replica 1mb 2mb 3
                include more.conf
                repl-backlog-size 100mb
                """);
        ConfigFile.load(configuration, file.toString(), "--port", "7001", "--slave-priority", "5", "--timeout", "9");
        assertEquals(7001, configuration.number(Directives.PORT));
        assertEquals("a A b", configuration.text(Directives.REQUIREPASS));
        assertEquals("900 1 300 10", configuration.text(Directives.SAVE));
        assertEquals(
                "normal 0 0 0 slave 1048576 2097152 3 pubsub 33554432 8388608 60",
                configuration.text(Directives.OUTPUT_LIMITS));
        assertEquals(77, configuration.number(Directives.MAXCLIENTS));
        assertEquals(100L << 20, configuration.number(Directives.REPL_BACKLOG));
        assertEquals(5, configuration.number(Directives.REPLICA_PRIORITY));
    }

    @Test
    void saysWhatIsWrongInAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cairn.conf");
        Files.writeString(file, "port 1\nfoo bar\n");
        String text = message(
                assertThrows(ConfigException.class, () -> ConfigFile.load(new Configuration(), file.toString())));
        assertTrue(text.contains("at line 2\n>>> 'foo bar'\nBad directive or wrong number of arguments"), text);
        Files.writeString(file, "port abc\n");
        text = message(
                assertThrows(ConfigException.class, () -> ConfigFile.load(new Configuration(), file.toString())));
        assertTrue(text.contains("argument couldn't be parsed into an integer"), text);
    }

    @Test
    void refusesChangesWithRedissWords() {
        assertEquals("Unknown option or number of arguments for CONFIG SET - 'foo'", refusal("foo", "1"));
        assertEquals(
                "CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config",
                refusal("databases", "1"));
        assertEquals(
                "CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value",
                refusal("maxmemory", "foo"));
        assertEquals(
                "CONFIG SET failed (possibly related to argument 'maxmemory') - duplicate parameter",
                refusal("maxmemory", "1", "maxmemory", "2"));
        assertEquals(
                "CONFIG SET failed (possibly related to argument 'timeout') - argument must be between 0 and 2147483647"
                        + " inclusive",
                refusal("timeout", "-1"));
    }

    @Test
    void changesAllOrNone() {
        List<String> told = new ArrayList<>();
        configuration.follow(Directives.TIMEOUT, told::add);
        configuration.follow(Directives.MAXCLIENTS, value -> {
            if (value.equals("13")) {
                throw new ConfigException("an unlucky number");
            }
        });
        String refusal = refusal("timeout", "5", "maxclients", "13");
        assertEquals("CONFIG SET failed (possibly related to argument 'maxclients') - an unlucky number", refusal);
        assertEquals("0", configuration.text(Directives.TIMEOUT));
        assertEquals("10000", configuration.text(Directives.MAXCLIENTS));
        assertEquals(List.of("0", "5", "0"), told);
    }

    @Test
    void rewritesKeepingCommentsOrderAndWhatItDoesNotKnow() {
        List<String> old = List.of("# mine", "timeout 3", "", "somebody elses line", "save 1 1", "save 2 2", "port 7");
        ConfigFile.load(configuration, "--port", "7", "--timeout", "4", "--save", "9 9", "--requirepass", "a b");
        assertEquals(
                List.of(
                        "# mine",
                        "timeout 4",
                        "",
                        "somebody elses line",
                        "save 9 9",
                        "port 7",
                        "# Generated by CONFIG REWRITE",
                        "requirepass \"a b\""),
                ConfigFile.rewritten(configuration, old));
    }

    @Test
    void rewrittenFileReadsAsTheSameConfiguration(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cairn.conf");
        Files.writeString(file, "port 7002\n");
        ConfigFile.load(configuration, file.toString());
        set(configuration, "requirepass", "q\"uo\\te d");
        set(configuration, "save", "");
        set(configuration, "maxmemory", "3gb");
        set(configuration, "client-output-buffer-limit", "normal 1kb 2kb 3");
        ConfigFile.rewrite(configuration);
        Configuration read = new Configuration();
        ConfigFile.load(read, file.toString());
        for (Directive directive : Directives.ALL) {
            assertEquals(configuration.text(directive), read.text(directive), directive.name());
        }
    }
}
