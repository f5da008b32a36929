package io.cairn.snapshot;

import io.cairn.engine.entry.EntrySink;
import io.cairn.snapshot.digest.DumpDiff;
import io.cairn.snapshot.digest.DumpDigest;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbReadOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks at RDB files from the command line: {@code digest FILE...} prints what each comes to, {@code diff LEFT RIGHT} names
 * the keys that differ.
 *
 * <p>Exit status: 0 all read (and equal), 1 different, 2 not read or called wrongly.
 *
 * <p><i>Thread-safe.</i>
 */
public final class RdbTool {
    private static final int MAX_LINES = 100;
    /** Files of servers with more databases than usual are to be looked at, too. */
    private static final RdbReadOptions OPTIONS = RdbReadOptions.DEFAULT.withDatabases(Integer.MAX_VALUE);

    private RdbTool() {}

    /** Runs the tool and exits. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        try {
            if (command.equals("digest") && arguments.size() > 1) {
                for (String file : arguments.subList(1, arguments.size())) {
                    DumpDigest digest = new DumpDigest();
                    load(file, digest);
                    out.println(file + " " + digest.sum());
                }
                return 0;
            }
            if (command.equals("diff") && arguments.size() == 3) {
                DumpDiff diff = new DumpDiff();
                load(arguments.get(1), diff.left());
                load(arguments.get(2), diff.right());
                List<String> lines = diff.differences(MAX_LINES);
                lines.forEach(out::println);
                return lines.isEmpty() ? 0 : 1;
            }
        } catch (IOException e) {
            err.println(e);
            return 2;
        }
        err.println("usage: digest FILE... | diff LEFT RIGHT");
        return 2;
    }

    private static void load(String file, EntrySink sink) throws IOException {
        try {
            RdbFile.load(Path.of(file), sink, RdbEvents.NONE, OPTIONS);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
