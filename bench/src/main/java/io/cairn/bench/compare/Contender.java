package io.cairn.bench.compare;

import io.cairn.bench.process.ServerProcess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A server that takes part: one of ours to start and stop, or one that listens already.
 *
 * <p><i>Immutable.</i>
 */
record Contender(
        String name, String host, int port, @Nullable ServerProcess process) {
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
