package io.cairn.server.net;

/**
 * Settings of sockets.
 *
 * <p><i>Immutable.</i>
 *
 * @param backlog connections that the kernel keeps until they are accepted
 * @param keepAlive whether the kernel probes idle connections
 */
public record NetworkOptions(int backlog, boolean keepAlive) {}
