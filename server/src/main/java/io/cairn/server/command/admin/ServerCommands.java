package io.cairn.server.command.admin;

import static io.cairn.server.command.Flag.ADMIN;
import static io.cairn.server.command.Flag.ALLOW_BUSY;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.NO_MULTI;
import static io.cairn.server.command.Flag.OFF_LOOP;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Deferral;
import io.cairn.server.session.Session;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TIME and SHUTDOWN.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ServerCommands {
    private final Shutdown shutdown;

    /** Ends the server. */
    @FunctionalInterface
    public interface Shutdown {
        /**
         * Begins to end the process; it goes on in the background.
         *
         * @param save whether a snapshot is wanted: null for what the configuration says
         * @param force whether a failed snapshot is no obstacle
         */
        void begin(@Nullable Boolean save, boolean force);
    }

    /** The commands. */
    public ServerCommands(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    /** The declarations. */
    public List<Command> commands() {
        return List.of(
                Command.of("time", 1, call -> time())
                        .flags(LOADING, STALE, FAST)
                        .tips("nondeterministic_output")
                        .group("server")
                        .since("2.6.0")
                        .summary("Returns the server's time.")
                        .build(),
                Command.of("shutdown", -1, this::shutdown)
                        .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY, OFF_LOOP)
                        .group("server")
                        .summary("Ends the server; what was written is durable then.")
                        .complexity("O(N) when saving, where N is the total number of keys in all databases, else O(1)")
                        .build());
    }

    private static Reply time() {
        Instant now = Instant.now();
        return Reply.array(List.of(
                Reply.bulk(Numbers.bytes(now.getEpochSecond())), Reply.bulk(Numbers.bytes(now.getNano() / 1000))));
    }

    private Reply shutdown(Call call) {
        Boolean save = null;
        boolean force = false;
        boolean abort = false;
        for (int i = 1; i < call.count(); i++) {
            if (call.is(i, "save") || call.is(i, "nosave")) {
                if (save != null) {
                    throw CommandException.syntax();
                }
                save = call.is(i, "save");
            } else if (call.is(i, "force")) {
                force = true;
            } else if (call.is(i, "abort")) {
                abort = true;
            } else if (!call.is(i, "now")) {
                throw CommandException.syntax();
            }
        }
        if (abort) {
            if (call.count() > 2) {
                throw CommandException.syntax();
            }
            throw new CommandException("ERR No shutdown in progress.");
        }
        Session.of(call).defer(new Deferral()); // runs nothing more; the end of the connection is the answer
        shutdown.begin(save, force);
        return Reply.SILENT;
    }
}
