package io.cairn.bench.report;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What a long run shows of itself: lines that stay, and on a terminal one line that changes.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Progress {
    private final PrintWriter out;
    private final boolean terminal;
    private int shown;

    /** To a writer; {@code terminal} says whether a line of it can be written over. */
    public Progress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** To the standard error of this process. */
    public static Progress standard() {
        // A launcher's variable: System.console() says nothing of standard error, and differs between releases of Java.
        boolean terminal = "yes".equals(System.getProperty("cairn.terminal"));
        return new Progress(new PrintWriter(System.err, true, StandardCharsets.UTF_8), terminal);
    }

    /** Shows where it is now; nothing where lines cannot be written over. */
    public void status(String text) {
        if (terminal) {
            out.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
            out.flush();
            shown = text.length();
        }
    }

    /** Adds a line. */
    public void line(String text) {
        if (terminal && shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
            shown = 0;
        }
        out.println(text);
        out.flush();
    }
}
