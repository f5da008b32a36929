package io.cairn.server.crash;

import io.cairn.engine.keyspace.Step;
import io.cairn.engine.keyspace.StepObserver;
import io.cairn.server.Server;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The process of a {@link ServerChild}: a server that halts when it passes the step that the property {@code crash.step}
 * names for the time that {@code crash.passage} says; or, with {@code crash.stalls}, of which that thread goes no further.
 *
 * <p><i>Confined to the main thread.</i>
 */
final class CrashChild {
    /** Exit status of a process that ended at its step. */
    static final int HALTED = 42;

    private CrashChild() {}

    public static void main(String[] args) {
        PrintStream out = System.out;
        System.setOut(System.err); // where the log messages go: the pipe is for the port
        try {
            Configuration configuration = new Configuration();
            ConfigFile.load(configuration, args);
            Server server = Server.start(configuration, (save, force) -> exit(), observer());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
            out.println(server.port());
            out.flush();
        } catch (IOException | RuntimeException e) {
            LoggerFactory.getLogger(CrashChild.class).error("server did not start", e);
            System.exit(1);
        }
    }

    private static void exit() {
        new Thread(() -> System.exit(0), "exit").start();
    }

    private static void close(Server server) {
        try {
            server.close();
        } catch (IOException e) {
            LoggerFactory.getLogger(CrashChild.class).error("server did not end cleanly", e);
        }
    }

    private static void standStill() {
        while (true) {
            LockSupport.park();
        }
    }

    private static StepObserver observer() {
        @Nullable String name = System.getProperty("crash.step");
        if (name == null) {
            return StepObserver.NONE;
        }
        Step last = Step.valueOf(name);
        AtomicLong left = new AtomicLong(Long.getLong("crash.passage", 1));
        return step -> {
            if (step == last && left.decrementAndGet() == 0) {
                if (Boolean.getBoolean("crash.stalls")) {
                    standStill();
                }
                Runtime.getRuntime().halt(HALTED);
            }
        };
    }
}
