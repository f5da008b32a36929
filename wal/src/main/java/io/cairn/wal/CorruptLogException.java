package io.cairn.wal;

import java.io.IOException;

/**
 * A log on disk that is damaged in a way no crash explains; it was left as it is.
 *
 * <p><i>Immutable.</i>
 */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long position;

    /**
     * Says where the damage is and what to do.
     *
     * @param file name of the damaged file
     * @param position log position up to which the log is good, or -1 if that is not known
     * @param reason what was found and what was expected
     */
    public CorruptLogException(String file, long position, String reason) {
        super("Log is corrupt: " + reason + " (file=" + file + " position=" + position
                + "). Nothing was changed. Restore the file from a copy, or remove the log directory and resynchronize"
                + " from another node");
        this.file = file;
        this.position = position;
    }

    /** Name of the damaged file. */
    public String file() {
        return file;
    }

    /** Log position up to which the log is good, or -1 if that is not known. */
    public long position() {
        return position;
    }
}
