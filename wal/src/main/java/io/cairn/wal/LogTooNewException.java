package io.cairn.wal;

import java.io.IOException;

/**
 * A file written by a later release whose format this one does not know; it was left as it is.
 *
 * <p><i>Immutable.</i>
 */
public final class LogTooNewException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says which versions clashed.
     *
     * @param file name of the file
     * @param found its format version
     * @param supported the newest version that is understood
     */
    public LogTooNewException(String file, long found, int supported) {
        super("Log file " + file + " has format version " + found + ", the newest understood is " + supported
                + ". Nothing was changed. Start the release that wrote it, or a later one");
    }
}
