package io.cairn.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn-bench jmh}: hands its arguments to JMH. */
@Command(
        name = "jmh",
        description =
                "Runs micro-benchmarks: jmh [regular expression] [options of JMH]; jmh -l lists them, jmh -h tells the options.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", description = "For JMH.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException {
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
