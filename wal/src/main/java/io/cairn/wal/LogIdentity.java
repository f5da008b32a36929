package io.cairn.wal;

import org.jspecify.annotations.Nullable;

/**
 * Which history the bytes of a log belong to.
 *
 * <p>Bytes up to {@code previousEnd} are valid under {@code previousId} too, all bytes under {@code id}. In the
 * protocol's words these are the replication id, the second replication id and the second offset minus one.
 *
 * <p><i>Immutable.</i>
 *
 * @param id replication id
 * @param previousId the id of the history that this one continues, or null
 * @param previousEnd last position valid under {@code previousId}; -1 if there is none
 */
public record LogIdentity(String id, @Nullable String previousId, long previousEnd) {
    static final int MAX_ID_BYTES = 64;

    /** Checks that ids are short printable ASCII and that previous id and end go together. */
    public LogIdentity {
        check(id);
        if (previousId == null) {
            if (previousEnd != -1) {
                throw new IllegalArgumentException("previousEnd " + previousEnd + " without a previous id");
            }
        } else {
            check(previousId);
            if (previousEnd < 0) {
                throw new IllegalArgumentException("previousEnd " + previousEnd + " is negative");
            }
        }
    }

    /** A history of its own. */
    public static LogIdentity of(String id) {
        return new LogIdentity(id, null, -1);
    }

    /** The identity of a new history {@code nextId} that continues this one after {@code end}. */
    public LogIdentity continuedAs(String nextId, long end) {
        return new LogIdentity(nextId, id, end);
    }

    /** Whether the history is, or directly continues, the one of that id. */
    public boolean isOrContinues(String otherId) {
        return otherId.equals(id) || otherId.equals(previousId);
    }

    private static void check(String id) {
        if (id.isEmpty() || id.length() > MAX_ID_BYTES) {
            throw new IllegalArgumentException("An id has 1 to " + MAX_ID_BYTES + " characters: '" + id + "'");
        }
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) <= ' ' || id.charAt(i) > '~') {
                throw new IllegalArgumentException("An id is printable ASCII: '" + id + "'");
            }
        }
    }
}
