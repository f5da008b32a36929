package io.cairn.engine.stream;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the commands of a stream against the keyspace in whole units: a command, or MULTI to EXEC.
 *
 * <p>What must stay true:
 *
 * <ul>
 *   <li>Rows and applied offset advance together, at ends of units only, so an offset that is acknowledged or stored never
 *       splits a transaction. Many units share a commit.
 *   <li>A unit that fails is never passed over: nothing of it is applied, everything before it is committed, and {@link
 *       UnitFailedException} says where it stands.
 * </ul>
 *
 * <p>The stream's bytes are in the log already, or, where there is none, nowhere: the applier only states how far they
 * were applied.
 *
 * <p><i>Confined to the owning thread.</i>
 */
public final class StreamApplier {
    /** Told of commands that concern the link rather than the keyspace, and asked whether to go on. */
    public interface Control {
        /**
         * {@code REPLCONF GETACK *}: an acknowledgement is wanted. Called after the commit that covers what precedes.
         *
         * @param offset what is applied, the request itself excluded
         */
        void acknowledgementWanted(long offset);

        /**
         * Whether the keyspace still stands at {@code applied} and is this stream's to change. Asked while a turn is
         * open: role, primary and keyspace change between turns.
         */
        default boolean isCurrent(long applied) {
            return true;
        }
    }

    private static final int UNITS_PER_COMMIT = 8192;
    private static final int BYTES_PER_COMMIT = 2 << 20;

    private record Queued(int db, byte[][] args) {}

    private final Turn turn;
    private final CommandExecutor executor;
    private final Control control;
    private final StreamParser parser = new StreamParser();
    private final List<Queued> unit = new ArrayList<>();

    private int db;
    private int appliedDb;
    private boolean inMulti;
    private long taken; // position behind the last command taken
    private long applied; // position behind the last unit run
    private long committed;
    private int units;
    private boolean contended;

    /**
     * Applies to the turn's keyspace, which stands at {@code position} with {@code db} selected, -1 for none.
     */
    public StreamApplier(Turn turn, CommandExecutor executor, Control control, long position, int db) {
        this.turn = turn;
        this.executor = executor;
        this.control = control;
        this.db = Math.max(db, 0);
        this.appliedDb = this.db;
        this.taken = position;
        this.applied = position;
        this.committed = position;
    }

    /** Position up to which everything is committed. */
    public long committed() {
        return committed;
    }

    /**
     * Takes all whole commands in the buffer and commits the units that they complete; what remains is the beginning of
     * a command and must be at the beginning of the next call's buffer.
     *
     * @throws StreamEndedException if the keyspace is no longer this stream's
     * @throws StreamFormatException if the bytes are no commands; units before the damage are committed
     * @throws UnitFailedException if a unit cannot be run; units before it are committed
     */
    public void apply(ByteBuffer buffer, long nowMillis) {
        try {
            int from = buffer.position();
            long base = taken;
            for (byte[][] args = parser.next(buffer); args != null; args = parser.next(buffer)) {
                take(args, base + buffer.position() - from, nowMillis);
            }
            commit(nowMillis);
        } catch (StreamFormatException e) {
            commit(nowMillis);
            throw e;
        } finally {
            abandon();
        }
    }

    /**
     * Takes a command that ends at a position; runs the unit that it completes, and commits when enough has been run.
     *
     * @throws StreamEndedException if the keyspace is no longer this stream's
     * @throws UnitFailedException if the unit cannot be run; units before it are committed
     */
    public void take(byte[][] args, long end, long nowMillis) {
        taken = end;
        switch (Verb.of(args)) {
            case SELECT -> db = Verb.database(args.length, args.length < 2 ? args[0] : args[1], lengthOfSecond(args));
            case MULTI -> inMulti = true;
            case EXEC -> inMulti = false;
            case NONE, PING -> {}
            case REPLCONF -> {
                if (!inMulti) {
                    unit.add(new Queued(db, args));
                }
            }
            case OTHER -> unit.add(new Queued(db, args));
        }
        if (!inMulti) {
            complete(end, nowMillis);
            unit.clear();
            if (units >= UNITS_PER_COMMIT || end - committed >= BYTES_PER_COMMIT) {
                commit(nowMillis);
            }
        }
    }

    private static int lengthOfSecond(byte[][] args) {
        return args.length < 2 ? 0 : args[1].length;
    }

    /** Whether commands of a transaction were taken and its end was not. */
    public boolean isWithinUnit() {
        return inMulti;
    }

    /** Commits the units that were run. */
    public void commit(long nowMillis) {
        if (applied > committed) {
            begin(nowMillis);
            turn.replayed(applied, appliedDb);
        }
        turn.commit();
        turn.streaming(false);
        committed = applied;
        units = 0;
    }

    /** Drops what is not committed; for {@code finally}. */
    public void abandon() {
        turn.abandon();
        turn.streaming(false);
    }

    private void complete(long end, long nowMillis) {
        if (unit.size() == 1 && Verb.of(unit.get(0).args()) == Verb.REPLCONF) {
            if (Verb.isGetAck(unit.get(0).args())) {
                commit(nowMillis); // the offset that is acknowledged excludes the request's own bytes, as in Redis
                control.acknowledgementWanted(committed);
            }
        } else if (!unit.isEmpty()) {
            run(end, nowMillis);
        }
        applied = end;
        appliedDb = db;
        units++;
    }

    private void run(long end, long nowMillis) {
        boolean exclusive = false;
        for (int i = 0; i < unit.size(); i++) {
            exclusive |= executor.isExclusive(unit.get(i).args());
        }
        if (exclusive) {
            commit(nowMillis);
            turn.exclusively(nowMillis, () -> {
                requireCurrent();
                try {
                    execute(end);
                } catch (UnitFailedException e) {
                    turn.abandon(); // what was done to whole databases, too, which no rollback takes back
                    throw e;
                }
            });
            turn.commit(); // if the turn was alone before, that has not happened yet
            committed = end;
            return;
        }
        begin(nowMillis);
        Turn.Mark mark = turn.mark();
        try {
            lock(nowMillis);
            execute(end);
        } catch (UnitFailedException e) {
            turn.rollback(mark);
            commit(nowMillis);
            throw e;
        }
    }

    private void begin(long nowMillis) {
        if (!turn.isOpen()) {
            turn.begin(nowMillis);
            requireCurrent();
        }
    }

    private void requireCurrent() {
        if (!control.isCurrent(committed)) {
            turn.abandon();
            throw new StreamEndedException();
        }
        turn.streaming(true);
    }

    private void execute(long end) {
        for (int i = 0; i < unit.size(); i++) {
            Queued command = unit.get(i);
            try {
                requireDatabase(command.db());
                executor.execute(turn, command.db(), command.args());
            } catch (StorageException | WouldBlockException e) {
                throw e; // the engine's own failure, not the command's
            } catch (RuntimeException | StackOverflowError e) {
                throw new UnitFailedException(applied, command.args(), e);
            }
        }
        turn.endUnit();
        turn.replayed(end, db); // with each unit, so that whatever commits the turn commits the offset, too
    }

    private void requireDatabase(int selected) {
        if (selected < 0 || selected >= turn.databases()) {
            throw new UnexecutableException("the stream writes to database " + selected + ", but databases is only "
                    + turn.databases() + ": raise it to at least " + (selected + 1L));
        }
    }

    private void lock(long nowMillis) {
        contended = false;
        for (int i = 0; i < unit.size() && !contended; i++) {
            Queued command = unit.get(i);
            keys(command, (ofDb, key) -> contended |= !turn.tryLock(ofDb, key));
        }
        if (contended) {
            commit(nowMillis);
            begin(nowMillis);
            List<Turn.DbKey> all = new ArrayList<>();
            for (Queued command : unit) {
                keys(command, (ofDb, key) -> all.add(new Turn.DbKey(ofDb, key)));
            }
            turn.lockAll(all, false);
        }
    }

    private interface EachKey {
        void of(int db, byte[] key);
    }

    private void keys(Queued command, EachKey each) {
        try {
            requireDatabase(command.db());
            executor.keys(command.args(), key -> each.of(command.db(), key));
        } catch (RuntimeException e) {
            throw new UnitFailedException(applied, command.args(), e);
        }
    }
}
