package io.cairn.bench.pages;

import io.cairn.bench.process.Scratch;
import io.cairn.server.Server;
import io.cairn.server.command.Command;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The generated pages of the repository, and pages with a generated part: path from its root to text.
 *
 * <p><i>Immutable.</i>
 */
final class Pages {
    private Pages() {}

    static Map<String, String> all() throws IOException {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("conf/cairn.conf", ConfigurationPage.of(Directives.ALL));
        List<Command> commands = commands();
        pages.put("docs/commands.md", CommandPage.of(commands));
        String replication = Files.readString(Scratch.root().resolve("docs/replication.md"));
        pages.put("docs/replication.md", LoggedForms.in(replication, commands));
        return pages;
    }

    static void write(Path root) throws IOException {
        for (Map.Entry<String, String> page : all().entrySet()) {
            Path file = root.resolve(page.getKey());
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, page.getValue());
        }
    }

    /** Some commands carry what they act on, so their declarations are those of a server that runs. */
    private static List<Command> commands() throws IOException {
        try (Scratch scratch = Scratch.create()) {
            Configuration configuration = new Configuration();
            ConfigFile.load(
                    configuration,
                    "--engine",
                    "memory",
                    "--port",
                    "0",
                    "--dir",
                    scratch.path().toString());
            try (Server server = Server.start(configuration, (save, force) -> {})) {
                return server.commands();
            }
        }
    }
}
