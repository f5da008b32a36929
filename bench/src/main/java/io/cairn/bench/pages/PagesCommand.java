package io.cairn.bench.pages;

import io.cairn.bench.process.Scratch;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code cairn-bench pages}: writes the pages that follow from declarations.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "pages",
        mixinStandardHelpOptions = true,
        description = "Writes conf/cairn.conf and docs/commands.md from what the sources declare.")
public final class PagesCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Pages.write(Scratch.root());
        return 0;
    }
}
