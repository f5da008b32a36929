package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.script.ScriptFlags;
import io.cairn.server.script.ScriptedCommands;
import io.cairn.server.session.Session;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands of scripts: what is allowed there, and their locks.
 *
 * <p>A script's keys are locked before it begins if it has declared them. A key it comes to undeclared is locked then, if no other turn
 * has it; otherwise the script is abandoned and begun again with that key among those it waits for, and after some such
 * rounds, or for a command that cannot name its keys, alone.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ScriptCalls implements ScriptedCommands {
    private static final String READ_ONLY_SCRIPT = "ERR Write commands are not allowed from read-only scripts.";

    private final KeyspaceHandle handle;
    private final Policy policy;
    private final InnerCalls calls;
    private final Supplier<CommandTable> table;

    /** Commands of the table that {@code table} gives, once it is made, as {@code calls} runs them. */
    public ScriptCalls(KeyspaceHandle handle, Policy policy, InnerCalls calls, Supplier<CommandTable> table) {
        this.calls = calls;
        this.handle = handle;
        this.policy = policy;
        this.table = table;
    }

    @Override
    public boolean exists(byte[][] args) {
        return table.get().find(args) != null;
    }

    @Override
    public Reply run(Turn turn, Session session, byte[][] args, Set<Limit> limits) {
        CommandTable.Entry entry = known(args);
        refuseForbidden(session, entry, limits);
        if (entry.isExclusive(args)) {
            turn.wants().requireAlone();
        }
        if (entry.is(Flag.OFF_LOOP) && !turn.mayWaitForDisk()) {
            throw WouldBlockException.INSTANCE;
        }
        for (int index : KeySpec.keys(entry.command().keys(), args)) {
            turn.wants().require(session.db(), args[index]);
        }
        return calls.run(turn, session, entry, args);
    }

    private CommandTable.Entry known(byte[][] args) {
        CommandTable.Entry entry = table.get().find(args);
        if (entry != null && !entry.command().accepts(args.length)) {
            throw new CommandException("ERR Wrong number of args calling Redis command from script");
        }
        if (entry == null || entry.command().handler() == null) {
            throw new CommandException("ERR Unknown Redis command called from script");
        }
        return entry;
    }

    private void refuseForbidden(Session session, CommandTable.Entry entry, Set<Limit> limits) {
        if (entry.is(Flag.NOSCRIPT)) {
            throw new CommandException("ERR This Redis command is not allowed from script");
        }
        if (!entry.is(Flag.STALE) && policy.refusesStale() != null) {
            throw new CommandException("ERR Can not execute the command on a stale replica");
        }
        boolean writes = entry.is(Flag.WRITE);
        if (limits.contains(Limit.READ_ONLY) && (writes || entry.is(Flag.MAY_REPLICATE))) {
            throw new CommandException(READ_ONLY_SCRIPT);
        }
        if (writes) {
            String reason = writeRefusal(session);
            if (reason != null) {
                throw new CommandException(reason);
            }
        }
        if (entry.is(Flag.DENYOOM) && !limits.contains(Limit.ALLOW_OOM) && policy.isOutOfMemory()) {
            throw new CommandException(Admission.OUT_OF_MEMORY);
        }
    }

    private @Nullable String writeRefusal(Session session) {
        String reason = handle.writeError();
        if (reason == null) {
            reason = policy.refusesWrite(session);
        }
        return reason == null && !handle.primary() ? Execution.READ_ONLY : reason;
    }

    /** As Redis refuses a command with the flags that follow from what the script has declared, in its order. */
    @Override
    public @Nullable String refuses(Session session, ScriptFlags flags) {
        if (!flags.declared()) {
            return policy.refusesStale();
        }
        boolean writes = !flags.has(ScriptFlags.Flag.NO_WRITES);
        if (writes && !flags.has(ScriptFlags.Flag.ALLOW_OOM) && policy.isOutOfMemory()) {
            return Admission.OUT_OF_MEMORY;
        }
        String reason = writes ? writeRefusal(session) : null;
        if (reason == null && !flags.has(ScriptFlags.Flag.ALLOW_STALE)) {
            reason = policy.refusesStale();
        }
        return reason;
    }
}
