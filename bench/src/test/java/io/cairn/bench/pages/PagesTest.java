package io.cairn.bench.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.bench.process.Scratch;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directive;
import io.cairn.server.config.Directives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagesTest {
    @TempDir
    Path folder;

    @Test
    void repositoryHasWhatTheDeclarationsSay() throws IOException {
        for (Map.Entry<String, String> page : Pages.all().entrySet()) {
            assertEquals(
                    page.getValue(),
                    Files.readString(Scratch.root().resolve(page.getKey())),
                    page.getKey() + " is out of date: run bin/cairn-bench pages");
        }
    }

    @Test
    void everyDefaultOfTheFileIsTheDefault() throws IOException {
        Path file = Files.writeString(
                folder.resolve("all.conf"),
                Files.readString(Scratch.root().resolve("conf/cairn.conf")).replaceAll("(?m)^# (?=[a-z])", ""));
        Configuration loaded = new Configuration();
        ConfigFile.load(loaded, file.toString());
        Configuration untouched = new Configuration();
        for (Directive directive : Directives.ALL) {
            assertEquals(untouched.text(directive), loaded.text(directive), directive.name());
        }
    }
}
