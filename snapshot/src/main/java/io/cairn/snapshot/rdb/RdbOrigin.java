package io.cairn.snapshot.rdb;

import java.nio.charset.StandardCharsets;

/**
 * The point of a replication history that an RDB stream is a picture of.
 *
 * <p><i>Immutable.</i>
 *
 * @param replicationId 40 characters
 * @param offset the stream's bytes up to and including this one are in the picture
 * @param streamDb the database that the replication stream has selected at this offset, or -1 if it selects one before
 *     the next command
 */
public record RdbOrigin(String replicationId, long offset, int streamDb) {
    /** Length of a replication id. */
    public static final int ID_CHARACTERS = 40;

    /** Checks the shape of the id. */
    public RdbOrigin {
        if (replicationId.getBytes(StandardCharsets.ISO_8859_1).length != ID_CHARACTERS) {
            throw new IllegalArgumentException("replicationId=" + replicationId);
        }
    }
}
