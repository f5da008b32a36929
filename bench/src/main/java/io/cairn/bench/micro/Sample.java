package io.cairn.bench.micro;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Keys and values like those of redis-benchmark. */
final class Sample {
    static final int VALUE_BYTES = 100;

    private Sample() {}

    static byte[] key(int number) {
        String digits = Integer.toString(number);
        return ("key:" + "0".repeat(12 - digits.length()) + digits).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[][] keys(int count) {
        byte[][] keys = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i);
        }
        return keys;
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    static byte[] setRequests(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("*3\r\n$3\r\nSET\r\n$16\r\n")
                    .append(new String(key(i), StandardCharsets.US_ASCII))
                    .append("\r\n$100\r\n")
                    .append("x".repeat(VALUE_BYTES))
                    .append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
