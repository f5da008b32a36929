package io.cairn.wal.simulation;

/**
 * Thrown by every operation of a {@link SimulatedDirectory} from the moment its process has died; nothing may handle it
 * but the test.
 *
 * <p><i>Immutable.</i>
 */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(String where) {
        super(where);
    }
}
