package io.cairn.server.config;

/**
 * A directive, or its value, that cannot be accepted; the message says why, in Redis's words where it has any.
 *
 * <p><i>Immutable.</i>
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why it cannot be accepted. */
    public ConfigException(String message) {
        super(message, null, false, false);
    }
}
