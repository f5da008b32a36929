package io.cairn.snapshot.rdb;

/**
 * A string or blob inside an RDB breaks its own format; the reader that knows the position turns it into a {@link
 * CorruptRdbException}.
 */
final class BadEncodingException extends Exception {
    private static final long serialVersionUID = 1;

    private final String what;

    BadEncodingException(String message) {
        // The trace would be of no use: the reader throws its own.
        super(message, null, false, false);
        this.what = message;
    }

    String what() {
        return what;
    }
}
