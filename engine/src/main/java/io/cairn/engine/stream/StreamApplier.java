package io.cairn.engine.stream;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs a stream's bytes against the keyspace in whole units: a command, or MULTI to EXEC.
 *
 * <p>What must stay true: log and rows advance together, at ends of units only, so an offset that is acknowledged or
 * stored never splits a transaction. Many units share a commit.
 *
 * <p>On a replica the bytes are logged verbatim with the commit; at recovery they are in the log already and the commit
 * only states how far they were replayed.
 *
 * <p><i>Confined to the owning thread.</i>
 */
public final class StreamApplier {
    /** Told of commands that concern the link rather than the keyspace. */
    public interface Control {
        /** {@code REPLCONF GETACK *}: an acknowledgement is wanted. Called after the commit that covers what precedes. */
        void acknowledgementWanted();

        /**
         * Whether the keyspace is still this stream's to change. Asked while a turn is open: a change of role or of
         * primary happens between turns.
         */
        default boolean isCurrent() {
            return true;
        }
    }

    private static final long NOT_IN_LOG = -1;
    private static final int UNITS_PER_COMMIT = 4096;
    private static final int BYTES_PER_COMMIT = 1 << 20;

    private record Step(int db, byte[][] args) {}

    private final Turn turn;
    private final CommandExecutor executor;
    private final Control control;
    private final StreamParser parser = new StreamParser();
    private final List<Step> unit = new ArrayList<>();

    private int db;
    private int dbBeforeUnit;
    private boolean inMulti;
    private int parsed; // bytes of the unit under way that are in `unit` already

    /** Applies to the turn's keyspace, beginning with {@code db} selected. */
    public StreamApplier(Turn turn, CommandExecutor executor, Control control, int db) {
        this.turn = turn;
        this.executor = executor;
        this.control = control;
        this.db = Math.max(db, 0);
        this.dbBeforeUnit = this.db;
    }

    /** Database selected at the end of what was applied. */
    public int db() {
        return dbBeforeUnit;
    }

    /**
     * Applies and commits all whole units in the buffer, logging them verbatim; what remains is the beginning of a unit
     * and must be at the beginning of the next call's buffer.
     *
     * @throws StreamEndedException if the keyspace is no longer this stream's
     * @return bytes applied; the buffer's position moved by as much
     * @throws StreamFormatException if the bytes are no commands; units before the damage are committed
     */
    public int apply(ByteBuffer buffer, long nowMillis) {
        return run(buffer, nowMillis, NOT_IN_LOG);
    }

    /** As {@link #apply}, for bytes that are in the log already, from {@code position} on. */
    public int replay(ByteBuffer buffer, long nowMillis, long position) {
        return run(buffer, nowMillis, position);
    }

    private int run(ByteBuffer buffer, long nowMillis, long position) {
        int start = buffer.position();
        Batch batch = new Batch(buffer, nowMillis, position);
        turn.streaming(true);
        try {
            int unitStart = start;
            buffer.position(start + parsed);
            for (byte[][] args = parser.next(buffer); args != null; args = parser.next(buffer)) {
                if (isUnitComplete(args)) {
                    batch.add(unit, buffer.position());
                    unitStart = buffer.position();
                    dbBeforeUnit = db;
                }
            }
            parsed = buffer.position() - unitStart;
            buffer.position(unitStart);
            batch.commit();
            return unitStart - start;
        } catch (StreamFormatException e) {
            batch.commit();
            throw e;
        } finally {
            turn.abandon();
            turn.streaming(false);
        }
    }

    /** Takes a command into the unit under way; true if that completes it. */
    private boolean isUnitComplete(byte[][] args) {
        String name = args.length == 0 ? "" : name(args[0]);
        switch (name) {
            case "select" -> db = database(args);
            case "multi" -> inMulti = true;
            case "exec" -> inMulti = false;
            case "", "ping" -> {}
            default -> unit.add(new Step(db, args));
        }
        return !inMulti;
    }

    private static int database(byte[][] args) {
        if (args.length != 2) {
            throw new StreamFormatException("SELECT with " + (args.length - 1) + " arguments");
        }
        try {
            return Integer.parseInt(new String(args[1], StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw new StreamFormatException("SELECT of no number");
        }
    }

    private static String name(byte[] word) {
        return word.length > 8 ? "other" : new String(word, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    }

    private static boolean isGetAck(byte[][] args) {
        return args.length >= 2
                && name(args[0]).equals("replconf")
                && name(args[1]).equals("getack");
    }

    /** Units that were executed and wait for their common commit. */
    private final class Batch {
        private final ByteBuffer buffer;
        private final long nowMillis;
        private final long position;
        private final int first;
        private int committed;
        private int end;
        private int dbAtEnd;
        private int units;

        Batch(ByteBuffer buffer, long nowMillis, long position) {
            this.buffer = buffer;
            this.nowMillis = nowMillis;
            this.position = position;
            this.first = buffer.position();
            this.committed = first;
            this.end = first;
            this.dbAtEnd = dbBeforeUnit;
        }

        void add(List<Step> steps, int unitEnd) {
            boolean wantsAck = false;
            if (steps.size() == 1 && name(steps.get(0).args()[0]).equals("replconf")) {
                wantsAck = isGetAck(steps.get(0).args());
                steps.clear();
            }
            if (wantsAck) {
                commit(); // the offset that is acknowledged excludes the request's own bytes, as in Redis
                control.acknowledgementWanted();
            }
            if (steps.stream().anyMatch(step -> executor.isExclusive(step.args()))) {
                commit();
                turn.exclusively(nowMillis, () -> {
                    execute(steps);
                    cover(unitEnd);
                    logBatch();
                });
            } else {
                lock(steps);
                execute(steps);
                cover(unitEnd);
            }
            steps.clear();
            if (units >= UNITS_PER_COMMIT || end - committed >= BYTES_PER_COMMIT) {
                commit();
            }
        }

        private void cover(int unitEnd) {
            end = unitEnd;
            dbAtEnd = db;
            units++;
        }

        private void begin() {
            turn.begin(nowMillis);
            if (position == NOT_IN_LOG && !control.isCurrent()) {
                turn.abandon();
                throw new StreamEndedException();
            }
        }

        private void execute(List<Step> steps) {
            begin();
            for (Step step : steps) {
                requireDatabase(step.db());
                executor.execute(turn, step.db(), step.args());
            }
            turn.endUnit();
        }

        private void requireDatabase(int selected) {
            if (selected < 0 || selected >= turn.databases()) {
                throw new StorageException("the stream writes to database " + selected + ", but databases is only "
                        + turn.databases() + ": raise it to at least " + (selected + 1L));
            }
        }

        private void lock(List<Step> steps) {
            begin();
            for (Step step : steps) {
                requireDatabase(step.db());
                boolean[] contended = new boolean[1];
                executor.keys(step.args(), key -> contended[0] |= !turn.tryLock(step.db(), key));
                if (contended[0]) {
                    commit();
                    begin();
                    lockAll(steps);
                    return;
                }
            }
        }

        private void lockAll(List<Step> steps) {
            List<Turn.DbKey> keys = new ArrayList<>();
            for (Step step : steps) {
                executor.keys(step.args(), key -> keys.add(new Turn.DbKey(step.db(), key)));
            }
            turn.lockAll(keys, false);
        }

        private void logBatch() {
            if (end == committed) {
                return;
            }
            if (position != NOT_IN_LOG) {
                turn.replayed(position + end - first, dbAtEnd);
            } else {
                turn.logVerbatim(buffer.duplicate().position(committed).limit(end), dbAtEnd);
            }
            committed = end;
            units = 0;
        }

        void commit() {
            if (end > committed) {
                begin();
                logBatch();
            }
            turn.commit();
        }
    }
}
