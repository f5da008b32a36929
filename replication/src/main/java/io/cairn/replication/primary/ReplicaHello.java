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
 * @param fieldExpiry whether it loads hashes of which fields expire (capa {@link #FIELD_EXPIRY}, which only Cairn says)
 */
public record ReplicaHello(
        int listeningPort, @Nullable String ip, boolean eof, boolean psync2, boolean rdbOnly, boolean fieldExpiry) {
    /** A capability of ours; Redis passes over those that it does not know. */
    public static final String FIELD_EXPIRY = "field-expiry";

    /** A replica that said nothing. */
    public static final ReplicaHello NONE = new ReplicaHello(0, null, false, false, false, false);

    /** The same with another port. */
    public ReplicaHello withPort(int port) {
        return new ReplicaHello(port, ip, eof, psync2, rdbOnly, fieldExpiry);
    }

    /** The same with another address. */
    public ReplicaHello withIp(@Nullable String address) {
        return new ReplicaHello(listeningPort, address, eof, psync2, rdbOnly, fieldExpiry);
    }

    /** The same with a capability more, if it is a known one. */
    public ReplicaHello withCapability(String name) {
        return new ReplicaHello(
                listeningPort,
                ip,
                eof || name.equalsIgnoreCase("eof"),
                psync2 || name.equalsIgnoreCase("psync2"),
                rdbOnly,
                fieldExpiry || name.equalsIgnoreCase(FIELD_EXPIRY));
    }

    /** The same with or without a stream behind the snapshot. */
    public ReplicaHello withRdbOnly(boolean only) {
        return new ReplicaHello(listeningPort, ip, eof, psync2, only, fieldExpiry);
    }
}
