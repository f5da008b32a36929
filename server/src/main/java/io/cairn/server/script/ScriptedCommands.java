package io.cairn.server.script;

import io.cairn.engine.keyspace.Turn;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What scripts do to the node: their commands, and whether they may run at all.
 *
 * <p><i>Thread-safe.</i>
 */
public interface ScriptedCommands {
    /** What a script's commands are held to. */
    enum Limit {
        /** The script may not write. */
        READ_ONLY,
        /** It may use more memory although there is none left. */
        ALLOW_OOM
    }

    /**
     * Runs a command as part of the unit that the script is.
     *
     * @throws io.cairn.server.command.CommandException if it is refused or fails; nothing of it is left
     * @throws io.cairn.engine.rows.WouldBlockException if the script must be abandoned, to be run again
     * @throws io.cairn.engine.rows.StorageException if the script must be abandoned
     */
    Reply run(Turn turn, Session session, byte[][] args, Set<Limit> limits);

    /** Whether there is such a command. */
    boolean exists(byte[][] args);

    /** Why a script that has declared this of what it does may not run, or null. */
    @Nullable
    String refuses(Session session, ScriptFlags flags);
}
