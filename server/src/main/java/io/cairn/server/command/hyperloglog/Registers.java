package io.cairn.server.command.hyperloglog;

/**
 * The registers of a union, a byte each.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Registers {
    private final byte[] values = new byte[Sketch.REGISTERS];
    private boolean sawDense;

    int value(int register) {
        return values[register];
    }

    void raise(int register, int value) {
        if (value > values[register]) {
            values[register] = (byte) value;
        }
    }

    /** Says that one of the merged was dense. */
    void mergedDense() {
        sawDense = true;
    }

    /** Whether one of the merged was dense. */
    boolean sawDense() {
        return sawDense;
    }

    /** How many registers have each value. */
    int[] histogram() {
        int[] histogram = new int[Sketch.VALUES];
        for (byte value : values) {
            histogram[value]++;
        }
        return histogram;
    }
}
