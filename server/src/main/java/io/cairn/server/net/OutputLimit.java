package io.cairn.server.net;

import java.util.Arrays;
import java.util.List;

/**
 * How much may wait for a client that does not read: never more than the hard limit, and not more than the soft limit
 * for longer than some seconds; 0 for no limit.
 *
 * <p><i>Immutable.</i>
 */
public record OutputLimit(long hardBytes, long softBytes, long softSeconds) {
    /** No limit. */
    public static final OutputLimit NONE = new OutputLimit(0, 0, 0);

    /** The limit of a class in a value of {@code client-output-buffer-limit}. */
    public static OutputLimit ofClass(String name, String value) {
        List<String> words = Arrays.asList(value.split(" "));
        int at = words.indexOf(name);
        return at < 0
                ? NONE
                : new OutputLimit(
                        Long.parseLong(words.get(at + 1)),
                        Long.parseLong(words.get(at + 2)),
                        Long.parseLong(words.get(at + 3)));
    }

    /** Whether that many bytes are too many at once. */
    boolean isOver(long bytes) {
        return hardBytes > 0 && bytes >= hardBytes;
    }

    /** Whether that many bytes are too many in the long run. */
    boolean isOverInTheLongRun(long bytes) {
        return softBytes > 0 && bytes >= softBytes;
    }
}
