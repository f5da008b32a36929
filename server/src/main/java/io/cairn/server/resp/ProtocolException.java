package io.cairn.server.resp;

/**
 * A client sent what is no request: it is told why, then the connection is closed.
 *
 * <p><i>Immutable.</i>
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProtocolException(String what) {
        super(what, null, false, false);
    }

    /** The error reply, without the leading dash. */
    public String reply() {
        return "ERR Protocol error: " + getMessage();
    }
}
