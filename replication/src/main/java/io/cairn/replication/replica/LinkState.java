package io.cairn.replication.replica;

/**
 * States of the link to a primary.
 *
 * <p><i>Immutable.</i>
 */
public enum LinkState {
    /** No primary is set. */
    NONE("none"),
    /** Waiting to connect, for the first time or again. */
    CONNECT("connect"),
    CONNECTING("connecting"),
    HANDSHAKE("handshake"),
    /** PSYNC is sent, its answer awaited. */
    PSYNC("handshake"),
    /** A snapshot is being received. */
    TRANSFER("sync"),
    /** The snapshot is received and being put in place. */
    INSTALL("sync"),
    CONNECTED("connected"),
    /** The stream holds what cannot be run here: an operator must decide. */
    STOPPED("connect");

    private final String roleName;

    LinkState(String roleName) {
        this.roleName = roleName;
    }

    /** Name in the reply of ROLE. */
    public String roleName() {
        return roleName;
    }
}
