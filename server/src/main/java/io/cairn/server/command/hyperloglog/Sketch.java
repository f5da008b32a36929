package io.cairn.server.command.hyperloglog;

import io.cairn.server.command.CommandException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A HyperLogLog as the string that holds it: 16384 registers of 6 bits, each the highest rank that was seen among the
 * elements whose hash chooses it.
 *
 * <pre>
 *   sketch = "HYLL" encoding(1) 0(3) estimate(8) registers
 *   encoding   0 dense: 12288 bytes, register r is the 6 bits from bit 6r on, low bits first
 *              1 sparse: runs, see {@link SparseRegisters}
 *   estimate   little endian, what was counted last; top bit set: the registers have changed since
 * </pre>
 *
 * The bytes are a stranger's: what does not hold is refused where it is met.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Sketch {
    /** Number of registers. */
    static final int REGISTERS = 1 << 14;

    /** Number of values that a register can have. */
    static final int VALUES = 64;

    /** Bytes before the registers. */
    static final int HEADER_BYTES = 16;

    private static final int DENSE = 0;
    private static final int SPARSE = 1;
    private static final int ENCODING_AT = 4;
    private static final int ESTIMATE_AT = 8;
    private static final int DENSE_BYTES = HEADER_BYTES + REGISTERS * 6 / 8;
    private static final int REGISTER_BITS = 14;
    private static final long RANK_END = 1L << 64 - REGISTER_BITS;

    private byte[] bytes;

    private Sketch(byte[] bytes) {
        this.bytes = bytes;
    }

    /** One that has seen nothing: sparse, a single run of zeroes. */
    static Sketch empty() {
        byte[] bytes = new byte[HEADER_BYTES + 2];
        bytes[0] = 'H';
        bytes[1] = 'Y';
        bytes[2] = 'L';
        bytes[3] = 'L';
        bytes[ENCODING_AT] = SPARSE;
        SparseRegisters.putZeroes(bytes, HEADER_BYTES, REGISTERS);
        return new Sketch(bytes);
    }

    /** The one that a string holds; the array is given away. */
    static Sketch of(byte[] value) {
        boolean holds = value.length >= HEADER_BYTES
                && value[0] == 'H'
                && value[1] == 'Y'
                && value[2] == 'L'
                && value[3] == 'L'
                && (value[ENCODING_AT] == SPARSE || value[ENCODING_AT] == DENSE && value.length == DENSE_BYTES);
        if (!holds) {
            throw new CommandException("WRONGTYPE Key is not a valid HyperLogLog string value.");
        }
        return new Sketch(value);
    }

    static CommandException corrupt() {
        return new CommandException("INVALIDOBJ Corrupted HLL object detected");
    }

    /** The string. */
    byte[] bytes() {
        return bytes;
    }

    private boolean isDense() {
        return bytes[ENCODING_AT] == DENSE;
    }

    // ---- the remembered estimate

    boolean knowsEstimate() {
        return bytes[ESTIMATE_AT + 7] >= 0;
    }

    long estimate() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(ESTIMATE_AT);
    }

    void remember(long estimate) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(ESTIMATE_AT, estimate);
    }

    void forgetEstimate() {
        bytes[ESTIMATE_AT + 7] |= (byte) 0x80;
    }

    // ---- registers

    /** Takes an element in; true if a register changed. A sparse sketch that gets longer than allowed becomes dense. */
    boolean add(byte[] element, long sparseMaxBytes) {
        long hash = ElementHash.of(element);
        int rank = Long.numberOfTrailingZeros(hash >>> REGISTER_BITS | RANK_END) + 1;
        return raise((int) (hash & REGISTERS - 1), rank, sparseMaxBytes);
    }

    /** Raises a register to a value; false if it is as high. */
    boolean raise(int register, int value, long sparseMaxBytes) {
        if (isDense()) {
            return raiseDense(register, value);
        }
        SparseRegisters sparse = new SparseRegisters(bytes);
        SparseRegisters.Outcome outcome = sparse.raise(register, value, sparseMaxBytes);
        if (outcome == SparseRegisters.Outcome.TOO_LONG) {
            makeDense();
            return raiseDense(register, value);
        }
        bytes = sparse.bytes();
        return outcome == SparseRegisters.Outcome.RAISED;
    }

    private boolean raiseDense(int register, int value) {
        if (dense(register) >= value) {
            return false;
        }
        int bit = register * 6;
        int at = HEADER_BYTES + bit / 8;
        int shift = bit & 7;
        int word = word(at) & ~(0x3F << shift) | value << shift;
        bytes[at] = (byte) word;
        if (shift > 2) {
            bytes[at + 1] = (byte) (word >>> 8);
        }
        return true;
    }

    private int dense(int register) {
        int bit = register * 6;
        return word(HEADER_BYTES + bit / 8) >>> (bit & 7) & 0x3F;
    }

    private int word(int at) {
        int next = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
        return bytes[at] & 0xFF | next << 8;
    }

    /** Makes it dense if it is not. */
    void makeDense() {
        if (isDense()) {
            return;
        }
        Sketch dense = new Sketch(Arrays.copyOf(Arrays.copyOf(bytes, HEADER_BYTES), DENSE_BYTES));
        dense.bytes[ENCODING_AT] = DENSE;
        new SparseRegisters(bytes).each(dense::raiseDense);
        bytes = dense.bytes;
    }

    /** How many registers have each value. */
    int[] histogram() {
        if (!isDense()) {
            return new SparseRegisters(bytes).histogram();
        }
        int[] histogram = new int[VALUES];
        for (int register = 0; register < REGISTERS; register++) {
            histogram[dense(register)]++;
        }
        return histogram;
    }

    /** Raises the registers of a union to these. */
    void mergeInto(Registers union) {
        if (!isDense()) {
            new SparseRegisters(bytes).each(union::raise);
            return;
        }
        union.mergedDense();
        for (int register = 0; register < REGISTERS; register++) {
            union.raise(register, dense(register));
        }
    }
}
