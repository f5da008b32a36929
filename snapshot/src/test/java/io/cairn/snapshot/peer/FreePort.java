package io.cairn.snapshot.peer;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.SplittableRandom;

/**
 * Ports for servers that must be told where to listen.
 *
 * <p>They lie below those that the kernel gives to clients. Of those one could be taken by any connection before the
 * server listens; and a client that tries again and again to reach a server that does not listen yet may be given the
 * very port that it calls, and then is connected to itself.
 *
 * <p><i>Immutable.</i>
 */
public final class FreePort {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 1000;

    private FreePort() {}

    /** A port of the loopback address on which nobody listens. */
    public static int find() throws IOException {
        SplittableRandom random = new SplittableRandom();
        IOException last = new BindException("never tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = random.nextInt(LOWEST, HIGHEST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                last = e;
            }
        }
        throw last;
    }
}
