package io.cairn.server.command.connection;

/**
 * Which Redis clients are told they talk to: they choose by it what to use.
 *
 * <p><i>Immutable.</i>
 */
public final class Compatibility {
    /** The version of Redis whose replies and errors ours are. */
    public static final String VERSION = "7.0.15";

    /** The same as a number, two hexadecimal digits a part. */
    public static final int VERSION_NUMBER = 0x07000F;

    private Compatibility() {}
}
