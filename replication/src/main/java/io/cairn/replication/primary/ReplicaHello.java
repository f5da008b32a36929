package io.cairn.replication.primary;

import org.jspecify.annotations.Nullable;

/**
 * What a replica said of itself with REPLCONF before it asked to synchronize.
 *
 * <p><i>Immutable.</i>
 *
 * @param listeningPort its port, 0 if it did not say
 * @param ip the address that it announced, or null
 * @param eof whether it takes snapshots of unknown length (capa eof)
 * @param psync2 whether it takes a changed id with +CONTINUE (capa psync2)
 * @param rdbOnly whether it wants the snapshot and nothing behind it
 */
public record ReplicaHello(int listeningPort, @Nullable String ip, boolean eof, boolean psync2, boolean rdbOnly) {
    /** A replica that said nothing. */
    public static final ReplicaHello NONE = new ReplicaHello(0, null, false, false, false);
}
