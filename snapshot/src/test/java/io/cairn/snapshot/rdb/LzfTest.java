package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LzfTest {
    @Seeded(runs = 50, longRuns = 5000)
    void decompressesWhatItCompressed(long seed) throws BadEncodingException {
        Random random = new Random(seed);
        // One compressor for all: what it remembers of one input must not leak into the next.
        Lzf lzf = new Lzf();
        for (int round = 0; round < 20; round++) {
            byte[] input = input(random);
            byte[] output = new byte[2 * input.length + 16];
            int length = lzf.compress(input, output, output.length);
            assertTrue(length > 0 || input.length == 0, "not compressed");
            assertArrayEquals(input, Lzf.decompress(Arrays.copyOf(output, length), input.length));
            if (length > 0) {
                assertEquals(length, new Lzf().compress(input, output, length), "another length without a past");
                assertEquals(0, lzf.compress(input, output, length - 1), "went past its limit");
            }
        }
    }

    private static byte[] input(Random random) {
        byte[] input = new byte[random.nextInt(random.nextInt(10) == 0 ? 100_000 : 600)];
        int letters = 1 + random.nextInt(255);
        for (int at = 0; at < input.length; ) {
            if (at > 0 && random.nextInt(4) == 0) {
                int from = random.nextInt(at);
                int count = Math.min(input.length - at, 1 + random.nextInt(400));
                for (int i = 0; i < count; i++) {
                    input[at + i] = input[from + i];
                }
                at += count;
            } else {
                input[at++] = (byte) random.nextInt(letters);
            }
        }
        return input;
    }

    @Test
    void makesRepetitionsShort() {
        byte[] output = new byte[4000];
        int length = new Lzf().compress(new byte[264_000], output, output.length);
        assertTrue(length > 0 && length < 264_000 / 80, "length " + length);
    }

    @Test
    void refusesALengthThatIsNotThatOfTheBytes() {
        byte[] compressed = {2, 'a', 'b', 'c', (byte) 0xE0, 0x0C, 2};
        for (long length : new long[] {0, 23, 25, 1L << 40, -1}) {
            assertThrows(BadEncodingException.class, () -> Lzf.decompress(compressed, length));
        }
    }
}
