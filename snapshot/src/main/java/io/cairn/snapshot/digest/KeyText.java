package io.cairn.snapshot.digest;

import java.util.HexFormat;

/**
 * Keys and other bytes as they stand in messages: printable ASCII as it is, everything else as {@code \xNN}, cut where it
 * gets long.
 *
 * <p><i>Thread-safe.</i>
 */
public final class KeyText {
    private static final int MAX_BYTES = 128;

    private KeyText() {}

    /** The text for {@code bytes}, without blanks. */
    public static String of(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, MAX_BYTES); i++) {
            byte b = bytes[i];
            if (b > ' ' && b < 0x7F && b != '\\') {
                text.append((char) b);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits(b));
            }
        }
        return bytes.length > MAX_BYTES ? text.append("...").toString() : text.toString();
    }
}
