package io.cairn.server.command;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.Turn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One run of a command: its arguments, the turn it runs in, the database it is about, who called.
 *
 * <p>{@code args[0]} is the command's name as the client wrote it (a container's subcommand is {@code args[1]}).
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class Call {
    private final Turn turn;
    private final int db;
    private final byte[][] args;
    private final @Nullable Caller caller;
    private boolean changed;
    private boolean propagated;
    private @Nullable Waiting waiting;

    /** A call by a client, or, with a null caller, out of a stream. */
    public Call(Turn turn, int db, byte[][] args, @Nullable Caller caller) {
        this.turn = turn;
        this.db = db;
        this.args = args;
        this.caller = caller;
    }

    /** The turn: read keys and change them here. */
    public Turn turn() {
        return turn;
    }

    /** Database that the caller has selected. */
    public int db() {
        return db;
    }

    /** All arguments, the name first. */
    public byte[][] args() {
        return args;
    }

    /** Number of arguments, the name included. */
    public int count() {
        return args.length;
    }

    /** An argument. */
    public byte[] arg(int index) {
        return args[index];
    }

    /** An argument as an integer; Redis's error if it is none. */
    public long integer(int index) {
        return Numbers.parseLong(args[index]);
    }

    /** Whether an argument is a word, in whatever case; {@code word} in lower case. */
    public boolean is(int index, String word) {
        byte[] arg = args[index];
        if (arg.length != word.length()) {
            return false;
        }
        for (int i = 0; i < arg.length; i++) {
            int c = arg[i] >= 'A' && arg[i] <= 'Z' ? arg[i] + 32 : arg[i];
            if (c != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** An argument as text for messages. */
    public String text(int index) {
        return new String(args[index], StandardCharsets.UTF_8);
    }

    /** The client that calls, or null if the call comes out of a stream (a primary's, or the log at recovery). */
    public @Nullable Caller caller() {
        return caller;
    }

    /**
     * Makes the client wait; the reply comes later. A call that may not wait gets {@code otherwise}.
     *
     * @return what the handler returns
     */
    public Reply await(Waiting forWhat, Reply otherwise) {
        if (caller == null || !caller.mayWait()) {
            return otherwise;
        }
        waiting = forWhat;
        return Reply.SILENT;
    }

    /** What the client is to wait for, or null; for the dispatcher. */
    public @Nullable Waiting waiting() {
        return waiting;
    }

    /** Says that the command changed something: it is logged as it was called, unless {@link #propagate} was used. */
    public void changed() {
        changed = true;
    }

    /** Says that the command changed something and is logged as this command instead; again for several. */
    public void propagate(byte[]... effect) {
        propagate(db, effect);
    }

    /** As {@link #propagate(byte[]...)}, in another database. */
    public void propagate(int inDb, byte[]... effect) {
        changed = true;
        propagated = true;
        turn.effect(inDb, effect);
    }

    /**
     * The row of a key that the command only reads, or null. It writes others, and is logged as it was called, so if the key has
     * expired it must be deleted before. The stripe must be held.
     */
    public byte @Nullable [] source(byte[] key) {
        byte[] row = turn.write(db, key);
        if (row == null) {
            notify(Event.KEY_MISS, "keymiss", key);
        }
        return row;
    }

    /** Tells an event of a key, once the turn is committed; costs nothing while nobody wants such events. */
    public void notify(Event kind, String name, byte[] key) {
        turn.events().notify(kind, name, db, key);
    }

    /** Tells an event that took elements away from a key's value, and that the key is gone if none was left. */
    public void notifyTaken(Event kind, String name, byte[] key) {
        turn.events().notify(kind, name, db, key);
        if (turn.events().wants(Event.GENERIC) && turn.readStored(db, key) == null) {
            notifyDeleted(key);
        }
    }

    /** Tells that a key was deleted, not because its time had come. */
    public void notifyDeleted(byte[] key) {
        turn.events().notify(Event.GENERIC, "del", db, key);
    }

    /** As {@link #notify(Event, String, byte[])}, in another database. */
    public void notify(Event kind, String name, int inDb, byte[] key) {
        turn.events().notify(kind, name, inDb, key);
    }

    /** Logs the call as it is if it changed something and was not logged as something else; for the dispatcher. */
    public void finish() {
        if (changed && !propagated) {
            turn.effect(db, args);
        }
    }

    /** Whether the command changed something. */
    public boolean hasChanged() {
        return changed;
    }

    @Override
    public String toString() {
        return "Call" + Arrays.asList(text(0), args.length - 1);
    }
}
