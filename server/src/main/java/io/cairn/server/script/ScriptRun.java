package io.cairn.server.script;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import io.cairn.server.command.functions.FunctionEngine;
import io.cairn.server.session.Session;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a script or function.
 *
 * <p>It is one unit of its turn: it can be abandoned wherever it stands, to be run again from the start where waiting is
 * allowed, and so can be ended by SCRIPT KILL even when it has written: nothing of it was seen by anybody.
 *
 * <p>One that runs alone, because it needs what cannot be locked by keys, keeps everybody waiting, whoever would kill it too. So it is
 * ended when it would count as busy.
 *
 * <p><i>Confined to the turn's thread</i>, but for what says otherwise.
 */
final class ScriptRun {
    /** A script that runs longer on an event loop is run again from the start on a disk thread, where it may last. */
    private static final long LOOP_NANOS = 2_000_000;

    /** Whether it is a script or a function: which of the commands that kill ends it. */
    enum Kind {
        SCRIPT("Script killed by user with SCRIPT KILL..."),
        FUNCTION("Script killed by user with FUNCTION KILL...");

        final String killed;

        Kind(String killed) {
            this.killed = killed;
        }
    }

    private final Kind kind;
    private final String name;
    private final Call of;
    private final Turn turn;
    private final Session session;
    private final ScriptedCommands commands;
    private final LongSupplier busyMillis;
    private final Set<ScriptedCommands.Limit> limits;
    private final long startNanos = System.nanoTime();
    private int protocol = 2;
    private volatile boolean killed;
    private @Nullable RuntimeException abandoned;

    /** A run of the script or function {@code name} for the client that calls. */
    ScriptRun(
            Kind kind,
            String name,
            Call of,
            ScriptedCommands commands,
            Set<ScriptedCommands.Limit> limits,
            LongSupplier busyMillis) {
        this.busyMillis = busyMillis;
        this.kind = kind;
        this.name = name;
        this.of = of;
        this.turn = of.turn();
        this.session = Session.of(of);
        this.commands = commands;
        this.limits = limits;
    }

    Kind kind() {
        return kind;
    }

    /** The script's digest or the function's name. */
    String name() {
        return name;
    }

    private long nanos() {
        return System.nanoTime() - startNanos;
    }

    /** Whether it has run for longer; from any thread. */
    boolean isLong(long millis) {
        return nanos() > millis * 1_000_000;
    }

    /** Whether it runs in the turn that is known as this owner of keys; from any thread. */
    boolean isOf(int owner) {
        return turn.owner() == owner;
    }

    /** What FUNCTION STATS says of it; from any thread. */
    FunctionEngine.Running described() {
        return new FunctionEngine.Running(name, List.of(of.args()), nanos() / 1_000_000);
    }

    int protocol() {
        return protocol;
    }

    void protocol(int next) {
        protocol = next;
        session.scriptProtocol(next);
    }

    /** Ends it soon; from any thread. */
    void kill() {
        killed = true;
    }

    /** Ends it for that reason. */
    void abandon(RuntimeException reason) {
        abandoned = reason;
    }

    /** Why it was ended before its time, or null. */
    @Nullable
    RuntimeException abandoned() {
        return abandoned;
    }

    /** Called now and then while it runs: whether it must end. */
    boolean mustEnd() {
        if (abandoned == null && killed) {
            abandoned = new CommandException("ERR " + kind.killed + " script: " + name);
        } else if (abandoned == null && turn.isExclusive() && isLong(busyMillis.getAsLong())) {
            abandoned = new CommandException(
                    "ERR a script that runs alone was ended after busy-reply-threshold milliseconds script: " + name);
        } else if (abandoned == null && !turn.mayWaitForDisk() && nanos() > LOOP_NANOS) {
            abandoned = WouldBlockException.INSTANCE;
        }
        return abandoned != null;
    }

    /**
     * Runs a command for the script.
     *
     * @return null if the script must end
     * @throws CommandException if the command is refused or fails
     */
    @Nullable
    Reply call(byte[][] args) {
        if (mustEnd()) {
            return null;
        }
        try {
            return commands.run(turn, session, args, limits);
        } catch (WouldBlockException | StorageException e) {
            abandoned = e;
            return null;
        }
    }

    /** Whether there is such a command that the client may call. */
    boolean mayCall(byte[][] args) {
        if (!commands.exists(args)) {
            throw new CommandException("ERR Invalid command passed to redis.acl_check_cmd()");
        }
        return true;
    }
}
