package io.cairn.bench;

import io.cairn.bench.compare.CompareCommand;
import io.cairn.bench.large.LargeCommand;
import io.cairn.bench.pages.PagesCommand;
import io.cairn.bench.recovery.FullSyncCommand;
import io.cairn.bench.recovery.PartialSyncCommand;
import io.cairn.bench.recovery.RestartCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line entry point of the benchmarks.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "cairn-bench",
        mixinStandardHelpOptions = true,
        description = "Measures Cairn, and compares it with other servers of the protocol.",
        subcommands = {
            CompareCommand.class,
            LargeCommand.class,
            RestartCommand.class,
            FullSyncCommand.class,
            PartialSyncCommand.class,
            PagesCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs the command that the arguments name; the exit status is its outcome. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        // Everything after "jmh" is for JMH.
        line.addSubcommand(new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true));
        line.setUsageHelpAutoWidth(true);
        return line;
    }
}
