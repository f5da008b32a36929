package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream as a turn sees it and changes it: rows change at once, {@link #store} sets the meta row that goes with them.
 *
 * <p>One row an entry, a group, a consumer and two a pending entry ({@link StreamRows}); length, ids and counts stand in
 * the meta row ({@link StreamMeta}). A stream without entries stays a key.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class StoredStream {
    /** So many entries are trimmed by what was read ahead, and more with a cursor over all of them. */
    private static final int FEW = 64;

    final Turn turn;
    final long version;
    private final long expireAtMillis;
    private long length;
    private StreamId lastId = StreamId.ZERO;
    private StreamId firstId = StreamId.ZERO;
    private StreamId maxDeletedId = StreamId.ZERO;
    private long entriesAdded;
    private long groups;
    private int widestBytes;
    private boolean changed;

    private StoredStream(Turn turn, long version, long expireAtMillis) {
        this.turn = turn;
        this.version = version;
        this.expireAtMillis = expireAtMillis;
    }

    /** The stream behind a meta row, of type STREAM, as the turn gave it for reading or writing. */
    public static StoredStream of(Turn turn, byte[] row) {
        StoredStream stream = new StoredStream(turn, MetaRow.version(row), MetaRow.expireAtMillis(row));
        StreamPart.State state = StreamMeta.state(row);
        stream.length = state.length();
        stream.lastId = state.lastId();
        stream.firstId = state.firstId();
        stream.maxDeletedId = state.maxDeletedId();
        stream.entriesAdded = state.entriesAdded();
        stream.groups = state.groups();
        stream.widestBytes = StreamMeta.widestBytes(row);
        return stream;
    }

    /** A new stream, without entries. */
    public static StoredStream create(Turn turn) {
        StoredStream stream = new StoredStream(turn, turn.newVersion(), MetaRow.NO_EXPIRY);
        stream.changed = true;
        return stream;
    }

    /** Number of entries of the stream behind a meta row. */
    public static long length(byte[] row) {
        return StreamMeta.state(row).length();
    }

    /** Sets the key's meta row, if it is another one now, and marks the key as modified. */
    public void store(int db, byte[] key) {
        if (changed) {
            turn.set(db, key, StreamMeta.row(version, expireAtMillis, state(), widestBytes));
        } else {
            turn.touch(db, key);
        }
    }

    /** Length, ids and counts as changed. */
    public StreamPart.State state() {
        return new StreamPart.State(length, lastId, firstId, maxDeletedId, entriesAdded, groups);
    }

    /** The version that its rows stand under: another stream has another one. */
    public long version() {
        return version;
    }

    /** Number of entries. */
    public long length() {
        return length;
    }

    /** The id that was given last. */
    public StreamId lastId() {
        return lastId;
    }

    /** Sets what cannot be told from entries (XSETID). */
    public void adjust(StreamId last, long added, StreamId maxDeleted) {
        lastId = last;
        entriesAdded = added;
        maxDeletedId = maxDeleted;
        changed = true;
    }

    // ---- entries

    /** Appends an entry under an id that comes after {@link #lastId}; its words are those from an index on. */
    public void append(StreamId id, byte[][] words, int from) {
        byte[] value = StreamRows.words(words, from);
        turn.putNewRow(Family.ROWS, StreamRows.entryKey(version, id), value);
        if (length == 0) {
            firstId = id;
        }
        length++;
        entriesAdded++;
        lastId = id;
        widestBytes = Math.max(widestBytes, value.length);
        changed = true;
    }

    /** Whether there is an entry with this id. */
    public boolean contains(StreamId id) {
        return entry(id) != null;
    }

    /** The words of an entry, or null. */
    public @Nullable Packed words(StreamId id) {
        byte[] value = entry(id);
        return value == null ? null : new Packed(value, 0);
    }

    private byte @Nullable [] entry(StreamId id) {
        boolean outside = length == 0 || id.isBefore(firstId) || id.isAfter(lastId);
        return outside ? null : turn.row(Family.ROWS, StreamRows.entryKey(version, id));
    }

    /** Deletes an entry; false if there is none with this id. */
    public boolean delete(StreamId id) {
        if (entry(id) == null) {
            return false;
        }
        turn.deleteRow(Family.ROWS, StreamRows.entryKey(version, id));
        StreamFront.forget(this);
        length--;
        if (id.isAfter(maxDeletedId)) {
            maxDeletedId = id;
        }
        if (id.equals(firstId)) {
            firstId = firstFrom(id);
        }
        changed = true;
        return true;
    }

    /**
     * The entries between two ids, both inclusive.
     *
     * @param reverse from the last to the first
     */
    public EntryCursor range(StreamId from, StreamId to, boolean reverse) {
        StreamId start = from.isBefore(firstId) ? firstId : from;
        if (length == 0 || start.isAfter(to)) {
            return new EntryCursor(null, reverse);
        }
        return new EntryCursor(rows(start, to), reverse);
    }

    private RowCursor rows(StreamId from, StreamId to) {
        byte[] end = to.isLast() ? StreamRows.end(version, StreamRows.ENTRY) : StreamRows.entryKey(version, to.next());
        return turn.cursor(Family.ROWS, StreamRows.entryKey(version, from), end);
    }

    /** The last entry's id, or zero if there is none. */
    public StreamId lastEntryId() {
        if (length == 0) {
            return StreamId.ZERO;
        }
        if (contains(lastId)) {
            return lastId;
        }
        try (EntryCursor cursor = range(firstId, StreamId.LAST, true)) {
            if (!cursor.next()) {
                throw missing();
            }
            return cursor.id();
        }
    }

    private StreamId firstFrom(StreamId from) {
        if (length == 0) {
            return StreamId.ZERO;
        }
        try (EntryCursor cursor = new EntryCursor(rows(from, StreamId.LAST), false)) {
            if (!cursor.next()) {
                throw missing();
            }
            return cursor.id();
        }
    }

    /**
     * Deletes entries at the front: all but the last {@code keep}, and none at or behind {@code before} if that is given.
     * Whole blocks of entries only, and {@code most} entries at most.
     *
     * @param block entries that go together, 1 to be exact
     * @return how many were deleted
     */
    public long trim(long keep, @Nullable StreamId before, int block, long most) {
        long deleted = 0;
        if (!mayGo(block, keep, most) || before != null && !firstId.isBefore(before)) {
            return 0;
        }
        if (block == 1 && (before != null || length - keep <= FEW)) {
            long few = trimFew(keep, before, most);
            if (few > 0) {
                return few;
            }
        }
        turn.expectRows(before == null ? Math.min(length - keep, most) : 0);
        List<byte[]> keys = new ArrayList<>();
        try (EntryCursor cursor = range(firstId, StreamId.LAST, false)) {
            boolean more = cursor.next();
            while (more && mayGo(block, keep, most - deleted)) {
                keys.clear();
                boolean stays = false;
                for (; more && !stays && keys.size() < block; more = cursor.next()) {
                    keys.add(cursor.key());
                    stays = before != null && !cursor.id().isBefore(before);
                }
                if (stays) {
                    break;
                }
                keys.forEach(key -> turn.deleteRow(Family.ROWS, key));
                deleted += keys.size();
                length -= keys.size();
                firstId = length == 0 ? StreamId.ZERO : more ? cursor.id() : lost();
                turn.expectRows(deleted);
            }
        }
        changed |= deleted > 0;
        return deleted;
    }

    /** Deletes entries as {@link #trim} does if they are only a few; otherwise none. */
    private long trimFew(long keep, @Nullable StreamId before, long most) {
        StreamFront front = StreamFront.of(this);
        List<StreamId> gone = new ArrayList<>();
        StreamId first = firstId;
        while (length - gone.size() > keep && gone.size() < most && (before == null || first.isBefore(before))) {
            if (gone.size() == FEW) {
                return 0;
            }
            gone.add(first);
            StreamId next = length == gone.size() ? StreamId.ZERO : front.next(first);
            first = next == null ? lost() : next;
        }
        gone.forEach(id -> turn.deleteRow(Family.ROWS, StreamRows.entryKey(version, id)));
        length -= gone.size();
        firstId = first;
        changed = true;
        return gone.size();
    }

    /** Whether the next block may be deleted by its size: known without a look at any row. */
    private boolean mayGo(int block, long keep, long most) {
        long size = Math.min(block, length);
        return size > 0 && length > keep && length - size >= keep && size <= most;
    }

    private StreamId lost() {
        throw missing();
    }

    private StorageException missing() {
        return new StorageException("stream of version " + version + " has fewer entries than counted");
    }

    // ---- groups

    /** The group of that name, or null. */
    public @Nullable StreamGroup group(byte[] name) {
        if (groups == 0) {
            return null;
        }
        byte[] row = turn.row(Family.ROWS, StreamRows.groupKey(version, name));
        return row == null ? null : new StreamGroup(this, name, row);
    }

    /** All groups, ordered by name. */
    public List<StreamGroup> groups() {
        List<StreamGroup> all = new ArrayList<>();
        if (groups == 0) {
            return all;
        }
        try (RowCursor cursor = turn.cursor(
                Family.ROWS, StreamRows.start(version, StreamRows.GROUP), StreamRows.end(version, StreamRows.GROUP))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                all.add(new StreamGroup(this, StreamRows.groupName(cursor.key()), cursor.value()));
            }
        }
        return all;
    }

    /** Makes a group that is not there. */
    public StreamGroup createGroup(byte[] name, StreamId last, long entriesRead) {
        StreamGroup group = new StreamGroup(this, name, StreamRows.group(last, entriesRead, 0, 0));
        group.lastId(last, entriesRead);
        group.store();
        groups++;
        changed = true;
        return group;
    }

    /** Deletes a group with all that belongs to it. */
    public void destroy(StreamGroup group) {
        group.destroy();
        groups--;
        changed = true;
    }
}
