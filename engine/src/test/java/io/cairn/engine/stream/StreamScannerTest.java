package io.cairn.engine.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamScannerTest {
    /** A random stream, and which database is selected where each of its units ends. */
    private static final class Stream {
        final SplittableRandom random;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final TreeMap<Integer, Integer> units = new TreeMap<>();
        private int db = -1;

        Stream(SplittableRandom random) {
            this.random = random;
        }

        void unit() {
            switch (random.nextInt(8)) {
                case 0 -> select();
                case 1 -> bytes.write('\n');
                case 2 -> command(random.nextBoolean() ? "PING" : "ping");
                case 3 -> {
                    command(random.nextBoolean() ? "MULTI" : "Multi");
                    for (int i = random.nextInt(4); i > 0; i--) {
                        if (random.nextInt(3) == 0) {
                            select();
                        } else {
                            set();
                        }
                    }
                    command("EXEC");
                }
                case 4 -> bytes.writeBytes("*0\r\n".getBytes(US_ASCII));
                default -> set();
            }
            units.put(bytes.size(), db);
        }

        private void set() {
            // Names and values that look like what the scanner looks for.
            String[] words = {
                "SELECTED", "MULT", "EXEC\r\n", "*1\r\n$5\r\nMULTI\r\n", "", "SET", "select", "x".repeat(300)
            };
            String first = words[random.nextInt(words.length - 2)];
            command(first.equals("EXEC") ? "SET" : first, words[random.nextInt(8)], words[random.nextInt(8)]);
        }

        private void select() {
            db = random.nextInt(3) == 0 ? 1_000_000_000 + random.nextInt(9) : random.nextInt(16);
            command(random.nextBoolean() ? "SELECT" : "sElEcT", Integer.toString(db));
        }

        private void command(String... words) {
            bytes.writeBytes(("*" + words.length + "\r\n").getBytes(US_ASCII));
            for (String word : words) {
                bytes.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(US_ASCII));
            }
        }
    }

    @Seeded(runs = 200, longRuns = 20_000)
    void findsTheEndsOfUnitsHoweverTheBytesCome(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Stream stream = new Stream(random);
        for (int i = 1 + random.nextInt(30); i > 0; i--) {
            stream.unit();
        }
        byte[] all = stream.bytes.toByteArray();
        StreamScanner scanner = new StreamScanner(-1);
        ByteBuffer buffer = random.nextBoolean()
                ? ByteBuffer.wrap(all)
                : ByteBuffer.allocateDirect(all.length).put(all).flip();
        int most = 1 + random.nextInt(random.nextBoolean() ? 3 : 200);
        for (int at = 0; at < all.length; ) {
            int to = Math.min(all.length, at + 1 + random.nextInt(most));
            Map.Entry<Integer, Integer> last = stream.units.floorEntry(to);
            int expected = last == null || last.getKey() <= at ? -1 : last.getKey();
            assertEquals(expected, scanner.scan(buffer, at, to), "from " + at + " to " + to);
            assertEquals(last == null ? -1 : last.getValue(), scanner.db());
            at = to;
        }
        assertEquals(all.length, scanner.unitEnd());
    }

    @Test
    void tellsHowMuchIsMissingOfALargeArgument() {
        byte[] begun = "*2\r\n$3\r\nSET\r\n$500\r\nabc".getBytes(US_ASCII);
        StreamScanner scanner = new StreamScanner(0);
        assertEquals(-1, scanner.scan(ByteBuffer.wrap(begun), 0, begun.length));
        assertEquals(497, scanner.moreAtLeast());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "junk",
                "*x\r\n",
                "*1\n",
                "*\r\n",
                "*1\r\nPING\r\n",
                "*1\r\n$4\r\nPINGS\r\n",
                "*1\r\n$4\r\nPING\n",
                "*99999999999\r\n",
                "*1\r\n$2147483648\r\n",
                "*2\r\n$6\r\nSELECT\r\n$1\r\nx\r\n",
                "*1\r\n$6\r\nSELECT\r\n",
                "*2\r\n$6\r\nSELECT\r\n$11\r\n00000000000\r\n"
            })
    void refusesWhatIsNoCommandAndKnowsWhatPrecedes(String damage) {
        byte[] bytes = ("*1\r\n$4\r\nPING\r\n" + damage).getBytes(US_ASCII);
        StreamScanner scanner = new StreamScanner(0);
        assertThrows(StreamFormatException.class, () -> scanner.scan(ByteBuffer.wrap(bytes), 0, bytes.length));
        assertEquals(14, scanner.unitEnd());
        assertTrue(scanner.db() == 0);
    }
}
