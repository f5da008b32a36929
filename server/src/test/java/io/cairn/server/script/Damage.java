package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.util.Arrays;
import java.util.Random;

/** Makes something malformed of something well formed, every third time. */
final class Damage {
    private Damage() {}

    static byte[] some(Random random, byte[] bytes) {
        if (bytes.length == 0 || !Draw.oneIn(random, 3)) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 1 -> {
                return Arrays.copyOfRange(bytes, at, bytes.length);
            }
            case 2 -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
                System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
                return shorter;
            }
            default -> {
                byte[] changed = bytes.clone();
                // Another byte of it is rather a mistake of grammar than noise.
                changed[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
                return changed;
            }
        }
    }
}
