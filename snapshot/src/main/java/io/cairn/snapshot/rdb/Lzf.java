package io.cairn.snapshot.rdb;

import java.util.Arrays;

/**
 * The LZF format, in which RDB holds long strings.
 *
 * <pre>
 *   stream    := ( literals | reference )*
 *   literals  := 000nnnnn byte{n+1}
 *   reference := lllddddd dddddddd             l = 1..6: copy l+2 bytes from d+1 bytes back
 *              | 111ddddd llllllll dddddddd    copy l+9 bytes from d+1 bytes back
 * </pre>
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Lzf {
    private static final int MAX_LITERALS = 32;
    private static final int MAX_DISTANCE = 1 << 13;
    private static final int MAX_COPY = 264;
    private static final int MIN_COPY = 3;
    private static final int HASH_BITS = 13;

    /** Where a hash of three bytes was seen last, plus {@link #base}; smaller entries are of earlier calls. */
    private final int[] seen = new int[1 << HASH_BITS];

    private int base = 1;

    /**
     * Compresses {@code input} into the front of {@code output}; returns the compressed length, or 0 if it does not fit
     * into {@code limit} bytes.
     */
    int compress(byte[] input, byte[] output, int limit) {
        if (base > Integer.MAX_VALUE - input.length - 1) {
            Arrays.fill(seen, 0);
            base = 1;
        }
        int length = compressFrom(base, input, output, Math.min(limit, output.length));
        base += input.length;
        return length;
    }

    private int compressFrom(int start, byte[] input, byte[] output, int limit) {
        int in = 0;
        int out = 0;
        int literalsFrom = 0;
        int lastStart = input.length - MIN_COPY;
        while (in <= lastStart) {
            int slot = hash(input, in);
            int candidate = seen[slot] - start;
            seen[slot] = start + in;
            if (candidate < 0 || in - candidate > MAX_DISTANCE || !sameThree(input, candidate, in)) {
                in++;
                continue;
            }
            int copy = matchLength(input, candidate, in);
            out = literals(input, literalsFrom, in, output, out, limit);
            if (out < 0 || out + (copy < 9 ? 2 : 3) > limit) {
                return 0;
            }
            int distance = in - candidate - 1;
            if (copy < 9) {
                output[out++] = (byte) (copy - 2 << 5 | distance >>> 8);
            } else {
                output[out++] = (byte) (7 << 5 | distance >>> 8);
                output[out++] = (byte) (copy - 9);
            }
            output[out++] = (byte) distance;
            int end = in + copy;
            // The last positions of the copy are the likeliest starts of the next one.
            for (int at = Math.max(in + 1, end - 2); at < end && at <= lastStart; at++) {
                seen[hash(input, at)] = start + at;
            }
            in = end;
            literalsFrom = in;
        }
        out = literals(input, literalsFrom, input.length, output, out, limit);
        return Math.max(out, 0);
    }

    private static int literals(byte[] input, int from, int to, byte[] output, int outputAt, int limit) {
        int out = outputAt;
        for (int at = from; at < to; ) {
            int run = Math.min(MAX_LITERALS, to - at);
            if (out + 1 + run > limit) {
                return -1;
            }
            output[out++] = (byte) (run - 1);
            System.arraycopy(input, at, output, out, run);
            out += run;
            at += run;
        }
        return out;
    }

    private static int hash(byte[] bytes, int at) {
        int three = (bytes[at] & 0xFF) << 16 | (bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] & 0xFF;
        return three * 0x9E3779B1 >>> 32 - HASH_BITS;
    }

    private static boolean sameThree(byte[] bytes, int a, int b) {
        return bytes[a] == bytes[b] && bytes[a + 1] == bytes[b + 1] && bytes[a + 2] == bytes[b + 2];
    }

    private static int matchLength(byte[] bytes, int candidate, int at) {
        int most = Math.min(MAX_COPY, bytes.length - at);
        int mismatch = Arrays.mismatch(bytes, candidate, candidate + most, bytes, at, at + most);
        return mismatch < 0 ? most : mismatch;
    }

    /**
     * Decompresses into an array of exactly {@code length} bytes. The array is made only after the input has been seen to
     * fill it.
     */
    static byte[] decompress(byte[] input, long length) throws BadEncodingException {
        long actual = decompressedLength(input);
        if (actual != length || length > RdbSource.MAX_STRING) {
            throw new BadEncodingException("compressed string of " + actual + " bytes says length=" + length);
        }
        byte[] output = new byte[(int) length];
        int out = 0;
        int in = 0;
        while (in < input.length) {
            int control = input[in++] & 0xFF;
            if (control < MAX_LITERALS) {
                System.arraycopy(input, in, output, out, control + 1);
                in += control + 1;
                out += control + 1;
                continue;
            }
            int copy = control >>> 5;
            if (copy == 7) {
                copy += input[in++] & 0xFF;
            }
            copy += 2;
            int from = out - ((control & 0x1F) << 8 | input[in++] & 0xFF) - 1;
            if (from < 0) {
                throw new BadEncodingException("compressed string refers to before its start");
            }
            repeat(output, from, out, copy);
            out += copy;
        }
        return output;
    }

    /** Copies forward; where source and target overlap, bytes just written are read again. */
    private static void repeat(byte[] bytes, int from, int to, int count) {
        if (to - from >= count) {
            System.arraycopy(bytes, from, bytes, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            bytes[to + i] = bytes[from + i];
        }
    }

    private static long decompressedLength(byte[] input) throws BadEncodingException {
        long length = 0;
        int in = 0;
        while (in < input.length) {
            int control = input[in++] & 0xFF;
            if (control < MAX_LITERALS) {
                length += control + 1;
                in += control + 1;
            } else if (control >>> 5 < 7) {
                length += (control >>> 5) + 2;
                in++;
            } else {
                length += in < input.length ? (input[in] & 0xFF) + 9 : 0;
                in += 2;
            }
        }
        if (in != input.length) {
            throw new BadEncodingException("compressed string is cut off");
        }
        return length;
    }
}
