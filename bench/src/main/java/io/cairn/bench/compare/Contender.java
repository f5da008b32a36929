package io.cairn.bench.compare;

import io.cairn.bench.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/**
 * A server that takes part: one of ours to start and stop, or one that listens already.
 *
 * <p><i>Immutable.</i>
 */
record Contender(
        String name, String host, int port, @Nullable ServerProcess process) {
    private static final int TIMEOUT_MILLIS = 60_000;

    static Contender of(ServerProcess process) {
        return new Contender(process.name(), "127.0.0.1", process.port(), process);
    }

    /** From {@code name=host:port}. */
    static Contender parse(String text) {
        int equals = text.indexOf('=');
        int colon = text.lastIndexOf(':');
        if (equals < 1 || colon < equals + 2) {
            throw new IllegalArgumentException("'" + text + "' is not name=host:port");
        }
        return new Contender(
                text.substring(0, equals),
                text.substring(equals + 1, colon),
                Integer.parseInt(text.substring(colon + 1)),
                null);
    }

    /** A new connection. */
    Jedis client() {
        return new Jedis(
                new HostAndPort(host, port),
                DefaultJedisClientConfig.builder()
                        .timeoutMillis(TIMEOUT_MILLIS)
                        .autoNegotiateProtocol(false)
                        .build());
    }

    /** Whether the server has a command. */
    boolean knows(String command) {
        try (Jedis client = client()) {
            Object reply = client.sendCommand(Protocol.Command.COMMAND, "INFO", command);
            return !(reply instanceof List<?> infos) || infos.get(0) instanceof List<?>;
        }
    }

    /** Processor time that the server has used since its start, in nanoseconds; 0 if it is not a child. */
    long cpuNanos() {
        ServerProcess child = process;
        if (child == null) {
            return 0;
        }
        return ProcessHandle.of(child.pid())
                .flatMap(handle -> handle.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElse(0L);
    }
}
