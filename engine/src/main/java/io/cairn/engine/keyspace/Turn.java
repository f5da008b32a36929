package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.WouldBlockException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The work of one thread between two commits: commands read the store through the turn's own uncommitted rows, and
 * everything becomes visible, logged and countable at once in {@link #commit()}.
 *
 * <p>Life cycle, again and again: {@link #begin} - per command {@link #mark}, {@link #beginUnit}, reads and changes,
 * {@link #endUnit} (or {@link #rollback} to the mark when the command is abandoned) - {@link #commit()}.
 *
 * <p>What must stay true:
 *
 * <ul>
 *   <li>A key is changed only while its stripe is held ({@link #tryLock}) or in exclusive mode. Stripes are held until
 *       the commit. So what {@link #write} returned is what the store holds, and counts are exact.
 *   <li>A handler states only what becomes of keys ({@link #set}) and rows. Counts, the expiry index and the garbage of
 *       dropped versions follow at commit from what each key was and is.
 *   <li>Reads take no locks, but wait while the key is being published, so a committed turn is seen whole. A collection
 *       whose elements stand in rows is read under its stripe, which {@link #read} takes.
 * </ul>
 *
 * <p><i>Confined to the owning thread.</i>
 */
public final class Turn {
    /** Where the turn stood before a command: what {@link #rollback} goes back to. */
    public record Mark(long cycle, int undo, UnitLog.Mark log, int allocated, long told) {}

    /** A key of a database. */
    public record DbKey(int db, byte[] key) {}

    private static final int ROWS_ON_LOOP_MAX = 8192;

    private final KeyspaceHandle handle;
    private final int owner;
    private final boolean mayWaitForDisk;
    private final MetaOverlay metas = new MetaOverlay();
    private final RowOverlays rows = new RowOverlays();
    private final UnitLog log = new UnitLog();
    private final UndoLog undo = new UndoLog();
    private final Trash trash = new Trash();
    private final Outcomes outcomes = new Outcomes();
    private final TurnLayout layout = new TurnLayout();
    private final Map<Long, Object> ahead = new HashMap<>(0);
    private final HeldStripes held;
    private final TurnEvents events;
    private final TurnWants wants = new TurnWants(this);

    private @Nullable Keyspace keyspace;
    private @Nullable RowBatch batch;
    private boolean open;
    private boolean exclusive;
    private boolean stream;
    private boolean quiet;
    private boolean writing;
    private boolean serves;
    private long replayedTo = -1;
    private long nowMillis;
    private long cycle;

    /**
     * A turn for one thread.
     *
     * @param mayWaitForDisk false on event loops: reads that need the disk throw WouldBlockException
     */
    public Turn(KeyspaceHandle handle, boolean mayWaitForDisk) {
        this.handle = handle;
        this.mayWaitForDisk = mayWaitForDisk;
        this.owner = handle.newOwner(mayWaitForDisk);
        this.held = new HeldStripes(handle, owner);
        this.events = new TurnEvents(handle);
    }

    // ---- life cycle

    /** Begins the turn if it has not begun; {@code nowMillis} is its one wall clock for expiry and the log. */
    public void begin(long nowMillis) {
        if (open) {
            return;
        }
        if (!exclusive) {
            handle.world.readLock().lock();
        }
        open = true;
        this.nowMillis = nowMillis;
        events.begin();
        Keyspace current = handle.keyspace();
        if (current != keyspace) {
            keyspace = current;
            batch = null;
        }
    }

    /** Whether the turn has begun and not yet committed. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Commits everything and releases all stripes. Without a change only the stripes.
     *
     * @return position of the log up to which a reply to this turn's commands (reads too) must be durable under
     *     {@code appendfsync always}
     * @throws io.cairn.engine.rows.StorageException if it could not be committed: nothing of it is visible unless the
     *     engine has latched; the message is the error reply for the turn's writes
     */
    public long commit() {
        if (!open) {
            return handle.keyspace().state().offset();
        }
        Keyspace current = current();
        long offset;
        try {
            if (isDirty()) {
                current.commit(this, serialise(current.store()));
            } else {
                events.committed(current.state().offset(), replayedTo);
            }
            offset = current.state().offset();
        } catch (RuntimeException | Error e) {
            end();
            outcomes.failed(String.valueOf(e.getMessage()));
            throw e;
        }
        end();
        outcomes.committed(offset);
        return offset;
    }

    /** Drops everything uncommitted and releases all stripes. */
    public void abandon() {
        if (open) {
            end();
            outcomes.failed("ERR internal error");
        }
    }

    private void end() {
        if (!rows.of(Family.SYSTEM).isEmpty()) {
            handle.systemChanged(); // whatever came of it
        }
        clear();
        held.release();
        open = false;
        if (!exclusive) {
            handle.world.readLock().unlock();
        }
    }

    /** Says that who uses the turn serves clients that wait: nobody else need look after them. */
    public void serves() {
        serves = true;
    }

    /** Has somebody told what becomes of what the turn has done so far. */
    public void whenEnded(Outcome outcome) {
        outcomes.add(outcome);
    }

    /** Commits, runs {@code work} while no other turn is under way, and commits that. Reads inside wait for the disk. */
    public void exclusively(long nowMillis, Runnable work) {
        if (exclusive) {
            begin(nowMillis);
            work.run();
            return;
        }
        commit();
        handle.lockAlone();
        exclusive = true;
        try {
            begin(nowMillis);
            work.run();
            commit();
        } finally {
            abandon();
            exclusive = false;
            handle.world.writeLock().unlock();
        }
    }

    /** Lets other turns go on meanwhile, if the turn runs alone and has changed nothing; else false, and nothing is done. */
    public boolean aside(Runnable work) {
        if (!exclusive || (open && isDirty())) {
            return false;
        }
        commit();
        handle.aside(work);
        begin(nowMillis);
        return true;
    }

    /** Whether the turn runs alone. */
    public boolean isExclusive() {
        return exclusive;
    }

    private boolean isDirty() {
        return log.size() > 0
                || metas.anyChanged()
                || !rows.isEmpty()
                || replayedTo >= 0
                || layout.isChanged()
                || (exclusive && current().state().layoutChanged());
    }

    private void clear() {
        cycle++;
        metas.clear();
        rows.clear();
        log.clear();
        undo.clear();
        trash.clear();
        ahead.clear();
        events.rollback(0);
        layout.clear();
        replayedTo = -1;
        wants.clear();
        RowBatch used = batch;
        if (used != null) {
            used.clear(); // its rows may be large, and the next turn far
        }
    }

    // ---- what a command is told

    /** Wall clock of the turn, Unix milliseconds. */
    public long nowMillis() {
        return nowMillis;
    }

    /** Thresholds of packed encodings. */
    public Limits limits() {
        return handle.limits();
    }

    /** Where the keyspace is, and what is set for it. */
    public KeyspaceHandle handle() {
        return handle;
    }

    /** What the turn tells others when it is committed. */
    public TurnEvents events() {
        return events;
    }

    /** Number of databases. */
    public int databases() {
        return current().state().databases();
    }

    /** Keys of a database, uncommitted changes included. */
    public long keys(int db) {
        return layout.keys(current().state(), db) + metas.addedKeys(namespace(db));
    }

    /** Namespace of a database. */
    public int namespace(int db) {
        return layout.namespace(current().state(), db);
    }

    /** Applying a stream (a primary's, or the log at recovery): expired keys count as alive, no effect is logged. */
    public void streaming(boolean applying) {
        stream = applying;
    }

    /** How keys are used. */
    public Uses uses() {
        return new Uses(handle, this);
    }

    /** Says whether looking at a key from now on is no use of it. */
    public void quiet(boolean now) {
        quiet = now;
    }

    /** Whether the turn applies a stream. */
    public boolean isStreaming() {
        return stream;
    }

    /** Whether a command that only reads may change on the side what it has read: a remembered result. */
    public boolean mayWrite() {
        return stream || handle.primary() && handle.writeError() == null;
    }

    // ---- stripes

    /** Takes the key's stripe until the commit; false if another turn has it. */
    public boolean tryLock(int db, byte[] key) {
        return exclusive || held.tryTake(KeyHash.of(namespace(db), key));
    }

    /**
     * Takes the stripes of keys, waiting for their owners. Only while this turn holds none, that is, right after
     * {@link #commit()} and {@link #begin}.
     *
     * @param giveUpOnDisk return false, holding none, if an owner may wait for the disk: an event loop must not do so
     */
    public boolean lockAll(List<DbKey> keys, boolean giveUpOnDisk) {
        return exclusive || held.takeAll(hashes(keys), giveUpOnDisk);
    }

    /** As {@link #lockAll(List, boolean)}; gives up when {@code givesUpOn} says so of the {@link #owner} it waits for. */
    public boolean lockAll(List<DbKey> keys, IntPredicate givesUpOn) {
        return exclusive || held.takeAll(hashes(keys), givesUpOn);
    }

    /** Number of the turn, as the owner of its keys; from any thread. */
    public int owner() {
        return owner;
    }

    private int[] hashes(List<DbKey> keys) {
        return keys.stream()
                .mapToInt(key -> KeyHash.of(namespace(key.db()), key.key()))
                .toArray();
    }

    private boolean holds(int hash) {
        return exclusive || held.holds(hash);
    }

    /** What the command under way comes to that it had not named. */
    public TurnWants wants() {
        return wants;
    }

    // ---- keys

    /**
     * The meta row of a key for reading, or null if there is none or it has expired (and expiry is this turn's to see).
     * If the elements stand in rows, the key's stripe is held from then on.
     *
     * <p>A command that writes deletes an expired key whose stripe it holds here too, as {@link #write} does: what it writes
     * may follow from there being no such key, and to whoever runs the log an expired key is there until it is deleted.
     */
    public byte @Nullable [] read(int db, byte[] key) {
        byte[] row = peek(db, key);
        if (row == null) {
            events.notify(Event.KEY_MISS, "keymiss", db, key);
        }
        return row;
    }

    /** As {@link #read}, but nobody hears that there is no such key. */
    public byte @Nullable [] peek(int db, byte[] key) {
        int namespace = namespace(db);
        int hash = KeyHash.of(namespace, key);
        byte[] row = lookup(namespace, key, hash);
        if (row != null && MetaRow.inRows(row) && !holds(hash)) {
            shield(db, key, hash);
            row = lookup(namespace, key, hash);
        }
        if (row == null || !isHidden(row)) {
            return row;
        }
        return writing && holds(hash) ? write(db, key) : null;
    }

    /** As {@link #read}, but returns expired keys too. */
    public byte @Nullable [] readStored(int db, byte[] key) {
        int namespace = namespace(db);
        return lookup(namespace, key, KeyHash.of(namespace, key));
    }

    /**
     * The meta row of a key for writing, or null. A key that has expired is deleted here, and logged so, before the
     * command's own effects. The stripe must be held.
     */
    public byte @Nullable [] write(int db, byte[] key) {
        MetaOverlay.Entry entry = load(db, key);
        byte[] row = entry.row;
        if (row != null && isHidden(row)) {
            change(entry, null);
            log.effect(db, handle.expireCommand(), key);
            events.expired(db, key);
            return null;
        }
        return row;
    }

    /** Whether this turn has deleted the key. */
    public boolean isGone(int db, byte[] key) {
        return metas.isGone(namespace(db), key);
    }

    /** Sets the meta row of a key, null to delete the key. The stripe must be held. */
    public void set(int db, byte[] key, byte @Nullable [] row) {
        change(load(db, key), row);
    }

    /** Marks a key as modified whose meta row stays the same (only rows of its own changed). */
    public void touch(int db, byte[] key) {
        load(db, key).touched = true;
    }

    private MetaOverlay.Entry load(int db, byte[] key) {
        int namespace = namespace(db);
        int hash = KeyHash.of(namespace, key);
        MetaOverlay.Entry entry = metas.find(hash, namespace, key);
        if (entry == null) {
            if (!holds(hash)) {
                throw new IllegalStateException("write to a key whose stripe is not held");
            }
            entry = new MetaOverlay.Entry(
                    hash, db, namespace, key, current().store().meta(hash, namespace, key, mode()));
            metas.add(entry);
        }
        return entry;
    }

    private void change(MetaOverlay.Entry entry, byte @Nullable [] row) {
        if (entry.row == null && row != null) {
            events.notify(Event.NEW, "new", entry.db, entry.key);
        }
        undo.meta(entry);
        entry.become(row);
    }

    private byte @Nullable [] lookup(int namespace, byte[] key, int hash) {
        if (metas.size() > 0) {
            MetaOverlay.Entry entry = metas.find(hash, namespace, key);
            if (entry != null) {
                return entry.row;
            }
        }
        held.awaitPublication(hash);
        RowStore store = current().store();
        return quiet ? store.peekMeta(hash, namespace, key, mode()) : store.meta(hash, namespace, key, mode());
    }

    /** Takes the stripe of a collection in rows for reading it; earlier commands of the turn are committed if need be. */
    private void shield(int db, byte[] key, int hash) {
        if (!held.tryTake(hash)) {
            if (!undo.isEmpty() || log.effects() > 0) {
                throw new IllegalStateException("a unit under way must have locked its keys before");
            }
            commit();
            begin(nowMillis);
            if (!lockAll(List.of(new DbKey(db, key)), !mayWaitForDisk)) {
                throw WouldBlockException.INSTANCE;
            }
        }
    }

    private boolean isHidden(byte[] row) {
        long expireAtMillis = MetaRow.expireAtMillis(row);
        return expireAtMillis != MetaRow.NO_EXPIRY && expireAtMillis <= nowMillis && !stream;
    }

    // ---- rows

    /** A row of ROWS, SCORES or SYSTEM as the turn sees it, or null. The array must not be changed. */
    public byte @Nullable [] row(Family family, byte[] key) {
        byte[] own = rows.of(family).find(key);
        byte[] row = own == null ? current().store().get(family, key, mode()) : own;
        return row == RowOverlay.TOMBSTONE ? null : row;
    }

    /** A large row of ROWS that further commands of the turn are likely to ask for; {@code passing}: and no other turn. */
    public byte @Nullable [] keptRow(byte[] key, boolean passing) {
        byte[] known = rows.element(key);
        byte[] row = known == null ? rows.keep(key, current().store().element(key, mode(), passing)) : known;
        return row == RowOverlay.TOMBSTONE ? null : row;
    }

    /** A hint of what will be read: {@link io.cairn.engine.rows.RowView#reading}. */
    public void reading(Family family, byte[] key, byte[] last, boolean missed) {
        current().store().reading(family, key, last, missed);
    }

    /** Sets a row of ROWS or SCORES, or in an exclusive turn of SYSTEM. */
    public void putRow(Family family, byte[] key, byte[] value) {
        changeRow(family, key, value, false);
    }

    /** Sets a row that is known not to be there. If it is deleted again soon, nothing of it reaches the disk. */
    public void putNewRow(Family family, byte[] key, byte[] value) {
        changeRow(family, key, value, true);
    }

    /** Deletes a row of ROWS or SCORES. */
    public void deleteRow(Family family, byte[] key) {
        changeRow(family, key, RowOverlay.TOMBSTONE, false);
    }

    private void changeRow(Family family, byte[] key, byte[] value, boolean isNew) {
        undo.row(rows.of(family), key, rows.of(family).put(key, value, isNew));
    }

    /** Says how many rows a command is about to go over: many are no work for an event loop, even if all are in memory. */
    public void expectRows(long count) {
        if (count > ROWS_ON_LOOP_MAX && !mayWaitForDisk && !exclusive) {
            throw WouldBlockException.INSTANCE;
        }
    }

    /** A cursor over rows of any family as the turn sees them (EXPIRES: only what is committed). */
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to) {
        RowCursor stored = current().store().cursor(family, from, to, mode());
        return switch (family) {
            case META -> metas.anyChanged() ? new MergedCursor(stored, metas.changes(from, to)) : stored;
            case EXPIRES -> stored;
            default -> rows.of(family).over(stored, from, to);
        };
    }

    /** As {@link RowStore#random}, of the rows as the turn sees them. */
    public RowCursor.@Nullable Pick random(Family family, byte[] from, byte[] to, long count, RandomGenerator random) {
        return rows.of(family).random(() -> current().store().random(family, from, to, count, mode(), random));
    }

    /** What types have read ahead, by version; empty again as soon as the turn ends or takes something back. */
    public Map<Long, Object> ahead() {
        return ahead;
    }

    /** A version for a new collection in rows: unique for ever in this keyspace. */
    public long newVersion() {
        return trash.allocated(current().newVersion());
    }

    /** As {@link #newVersion}, where whoever adds a row has looked for it before, and says that it is new. */
    public long newVersionOfElements() {
        return trash.ofElements(newVersion());
    }

    private ReadMode mode() {
        return mayWaitForDisk() ? ReadMode.DISK : ReadMode.MEMORY;
    }

    /** Whether the thread may be held up: it is no event loop's. */
    public boolean mayWaitForDisk() {
        return mayWaitForDisk || exclusive;
    }

    // ---- units and effects

    /** Where the turn stands now. */
    public Mark mark() {
        return new Mark(cycle, undo.size(), log.mark(), trash.allocated(), events.mark());
    }

    /** How often the turn was committed or abandoned so far: tells whether a command caused a commit ({@link #read}). */
    public long cycle() {
        return cycle;
    }

    /** Takes back everything since the mark, or since the last commit if that came later. Stripes stay held. */
    public void rollback(Mark mark) {
        if (mark.cycle() != cycle) {
            rollback(new Mark(cycle, 0, UnitLog.Mark.EMPTY, 0, 0));
            return;
        }
        ahead.clear();
        undo.rollback(mark.undo());
        log.rollback(mark.log());
        trash.rollback(mark.allocated());
        events.rollback(mark.told());
    }

    /**
     * Opens a unit: what is logged until {@link #endUnit} goes out together, in MULTI and EXEC if more than one.
     *
     * @param writes whether a command that writes is among it: then expired keys are deleted that it reads
     */
    public void beginUnit(boolean writes) {
        writing = writes;
        if (log.effects() > 0) {
            throw new IllegalStateException("unit in unit");
        }
    }

    /** Adds a command to the unit, as replicas and recovery shall run it: deterministic, absolute. */
    public void effect(int db, byte[]... args) {
        if (!stream) {
            log.effect(db, args);
        }
    }

    /** Number of effects in the open unit, deletions of expired keys included. */
    public int effects() {
        return log.effects();
    }

    /** Closes the unit, so that another one follows; both can be rolled back until {@link #endUnit}. */
    public void nextUnit() {
        log.close();
    }

    /** Keys set since the mark, which is of this unit, in the order in which each came to be of the type it has now. */
    public List<DbKey> changedKeys(Mark since) {
        return undo.changedKeys(since.undo());
    }

    /** Whether databases were emptied or swapped. */
    public boolean changedLayout() {
        return layout.isChanged();
    }

    /** Closes the unit; it can no longer be rolled back. */
    public void endUnit() {
        log.close(); // may run out of memory: until it is done the unit can be rolled back
        undo.clear();
    }

    /** Says that the turn is what the log holds up to {@code position}: it is not appended again. */
    public void replayed(long position, int dbAfter) {
        replayedTo = position;
        log.selected(dbAfter);
    }

    /** Logs a command that changes no key (PING, REPLCONF GETACK, PUBLISH) in whatever database is selected. */
    public void logOutOfBand(byte[]... args) {
        log.outOfBand(args);
    }

    // ---- whole databases; exclusive mode only

    /** Empties a database in constant time; the rows are collected in the background. */
    public void flush(int db) {
        handle.watches().modifiedAll(db, key -> readStored(db, key) != null);
        trash.flushed(pendingLayout().renew(db));
    }

    /** Swaps two databases in constant time. */
    public void swap(int one, int other) {
        handle.watches().modifiedAll(one, key -> readStored(one, key) != null || readStored(other, key) != null);
        handle.watches().modifiedAll(other, key -> readStored(one, key) != null || readStored(other, key) != null);
        pendingLayout().swap(one, other);
    }

    private PendingLayout pendingLayout() {
        if (!exclusive) {
            throw new IllegalStateException("only in exclusive mode");
        }
        return layout.change(current().state());
    }

    // ---- commit, called by Keyspace

    private RowBatch serialise(RowStore store) {
        RowBatch into = batch;
        if (into == null) {
            into = store.newBatch();
            batch = into;
        }
        metas.writeTo(into, trash, this::isFlushed);
        rows.drainTo(into);
        trash.writeTo(into);
        return into;
    }

    private boolean isFlushed(MetaOverlay.Entry entry) {
        return exclusive && layout.database(current().state(), entry.namespace) < 0;
    }

    void applyCounts(AppliedState state) {
        layout.commitTo(state);
        metas.countInto(state, exclusive, this::isFlushed);
    }

    void publishing(boolean now) {
        if (now) {
            handle.publishing = owner;
            return;
        }
        metas.tell(handle.watches());
        metas.tell(serves ? ChangeListener.NONE : handle.changes());
        handle.publishing = 0;
    }

    UnitLog log() {
        return log;
    }

    long replayedTo() {
        return replayedTo;
    }

    private Keyspace current() {
        Keyspace now = keyspace;
        if (now == null || !open) {
            throw new IllegalStateException("turn has not begun");
        }
        return now;
    }
}
