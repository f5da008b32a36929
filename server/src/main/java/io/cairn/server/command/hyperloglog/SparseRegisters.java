package io.cairn.server.command.hyperloglog;

/**
 * The registers of a sparse sketch: runs of equal values, one behind the other.
 *
 * <pre>
 *   zeroes  00llllll            l + 1 registers that are zero, up to 64
 *   zeroes  01llllll llllllll   l + 1 registers that are zero, up to 16384
 *   values  1vvvvvll            l + 1 registers of v + 1; up to 4 registers, values up to 32
 * </pre>
 *
 * How a run is split when one of its registers is raised, and which neighbours are joined then, is what Redis does: the
 * bytes depend on it.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class SparseRegisters {
    private static final int VALUE_MAX = 32;
    private static final int VALUES_RUN_MAX = 4;
    private static final int SHORT_ZEROES_MAX = 64;
    private static final int JOINED_RUNS = 5;

    /** What became of a register that was to be raised. */
    enum Outcome {
        AS_HIGH,
        RAISED,
        /** Nothing was changed: the sketch has to become dense first. */
        TOO_LONG
    }

    /** Is shown registers that are not zero. */
    @FunctionalInterface
    interface Visitor {
        void visit(int register, int value);
    }

    private byte[] bytes;

    SparseRegisters(byte[] sketch) {
        this.bytes = sketch;
    }

    /** The sketch as changed. */
    byte[] bytes() {
        return bytes;
    }

    // ---- runs

    private boolean isValues(int at) {
        return bytes[at] < 0;
    }

    private boolean isLongZeroes(int at) {
        return (bytes[at] & 0xC0) == 0x40;
    }

    private int runBytes(int at) {
        return isLongZeroes(at) ? 2 : 1;
    }

    private int runLength(int at) {
        if (isValues(at)) {
            return (bytes[at] & 3) + 1;
        }
        if (isLongZeroes(at)) {
            int low = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
            return ((bytes[at] & 0x3F) << 8 | low) + 1;
        }
        return (bytes[at] & 0x3F) + 1;
    }

    private int runValue(int at) {
        return isValues(at) ? (bytes[at] >>> 2 & 0x1F) + 1 : 0;
    }

    /** Writes a run of zeroes in its shortest form; returns the index behind it. */
    static int putZeroes(byte[] into, int at, int length) {
        if (length <= SHORT_ZEROES_MAX) {
            into[at] = (byte) (length - 1);
            return at + 1;
        }
        into[at] = (byte) (0x40 | length - 1 >>> 8);
        into[at + 1] = (byte) (length - 1);
        return at + 2;
    }

    private static int putValues(byte[] into, int at, int value, int length) {
        into[at] = (byte) (0x80 | value - 1 << 2 | length - 1);
        return at + 1;
    }

    // ---- reading

    /** Shows all registers that are not zero; the runs must cover all registers. */
    void each(Visitor visitor) {
        int register = 0;
        int at = Sketch.HEADER_BYTES;
        while (at < bytes.length) {
            int length = runLength(at);
            int value = runValue(at);
            if (register + length > Sketch.REGISTERS) {
                throw Sketch.corrupt();
            }
            if (value > 0) {
                for (int i = 0; i < length; i++) {
                    visitor.visit(register + i, value);
                }
            }
            register += length;
            at += runBytes(at);
        }
        if (register != Sketch.REGISTERS) {
            throw Sketch.corrupt();
        }
    }

    /** How many registers have each value; the runs must cover all registers. */
    int[] histogram() {
        int[] histogram = new int[Sketch.VALUES];
        int registers = 0;
        for (int at = Sketch.HEADER_BYTES; at < bytes.length; at += runBytes(at)) {
            int length = runLength(at);
            registers += length;
            if (registers > Sketch.REGISTERS) {
                throw Sketch.corrupt();
            }
            histogram[runValue(at)] += length;
        }
        if (registers != Sketch.REGISTERS) {
            throw Sketch.corrupt();
        }
        return histogram;
    }

    // ---- raising a register

    /** Raises a register, unless the sketch would become longer than allowed. */
    Outcome raise(int register, int value, long maxBytes) {
        if (value > VALUE_MAX) {
            return Outcome.TOO_LONG;
        }
        int at = Sketch.HEADER_BYTES;
        int before = -1;
        int first = 0;
        while (at < bytes.length && register >= first + runLength(at)) {
            before = at;
            first += runLength(at);
            at += runBytes(at);
        }
        if (at >= bytes.length) {
            throw Sketch.corrupt();
        }
        if (runValue(at) >= value) {
            return Outcome.AS_HIGH;
        }
        byte[] runs = new byte[5];
        int runsBytes = split(at, register - first, value, runs);
        int growth = runsBytes - runBytes(at);
        if (growth > 0 && bytes.length + growth > maxBytes) {
            return Outcome.TOO_LONG;
        }
        replace(at, runBytes(at), runs, runsBytes);
        join(before < 0 ? Sketch.HEADER_BYTES : before);
        return Outcome.RAISED;
    }

    /** What stands for a run of which one register is raised; returns its length in bytes. */
    private int split(int at, int index, int value, byte[] into) {
        int old = runValue(at);
        int length = runLength(at);
        int end = 0;
        if (index > 0) {
            end = old == 0 ? putZeroes(into, end, index) : putValues(into, end, old, index);
        }
        end = putValues(into, end, value, 1);
        int rest = length - 1 - index;
        if (rest > 0) {
            end = old == 0 ? putZeroes(into, end, rest) : putValues(into, end, old, rest);
        }
        return end;
    }

    /** Replaces a run. If it is cut off by the end, so is what stands for it: its second byte was never there. */
    private void replace(int at, int oldBytes, byte[] with, int withBytes) {
        byte[] changed = oldBytes == withBytes ? bytes : new byte[bytes.length - oldBytes + withBytes];
        int rest = bytes.length - at - oldBytes;
        if (changed != bytes) {
            System.arraycopy(bytes, 0, changed, 0, at);
            if (rest > 0) {
                System.arraycopy(bytes, at + oldBytes, changed, at + withBytes, rest);
            }
        }
        System.arraycopy(with, 0, changed, at, Math.min(withBytes, changed.length - at));
        bytes = changed;
    }

    /** Joins runs of the same value that fit into one, among the few from {@code from} on. */
    private void join(int from) {
        int at = from;
        byte[] joined = new byte[1];
        for (int left = JOINED_RUNS; left > 0 && at < bytes.length; left--) {
            if (!isValues(at)) {
                at += runBytes(at);
                continue;
            }
            boolean same = at + 1 < bytes.length && isValues(at + 1) && runValue(at) == runValue(at + 1);
            int length = same ? runLength(at) + runLength(at + 1) : 0;
            if (same && length <= VALUES_RUN_MAX) {
                putValues(joined, 0, runValue(at), length);
                replace(at, 2, joined, 1);
            } else {
                at++;
            }
        }
    }
}
