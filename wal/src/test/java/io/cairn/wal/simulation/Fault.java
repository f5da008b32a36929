package io.cairn.wal.simulation;

import java.io.IOException;

/**
 * Decides, before each operation of a {@link SimulatedDirectory}, whether it fails.
 *
 * <p><i>Thread-safe.</i>
 */
@FunctionalInterface
public interface Fault {
    /** What is about to be done. */
    enum Operation {
        CREATE,
        OPEN,
        READ,
        WRITE,
        TRUNCATE,
        SYNC,
        DELETE,
        RENAME,
        SYNC_DIRECTORY
    }

    /** Throws to make the operation on the file of that name fail without effect. */
    void before(Operation operation, String name) throws IOException;
}
