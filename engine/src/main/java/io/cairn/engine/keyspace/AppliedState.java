package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.StorageException;
import io.cairn.wal.LogIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a keyspace are the result of: replication ids, offset, stream db, key counts, version counter,
 * namespaces. Written with every batch, so rows and state are one atomic unit on disk.
 *
 * <pre>
 *   SYSTEM "applied":  format(1) offset(8) stream db(4) versions(8) n(1) n x ( db(1) keys(8) expires(8) )
 *   SYSTEM "layout":   format(1) id(40) has previous(1) [ previous id(40) previous end(8) ]
 *                      next namespace(4) databases(4) databases x namespace(4)
 * </pre>
 *
 * Integers are big endian. The applied row changes with each batch; the layout row is written only when it changes.
 * A database is a name for a <em>namespace</em>: FLUSHDB gives it a fresh one, SWAPDB swaps two.
 *
 * <p><i>Guarded by the commit lock; {@link #offset}, {@link #keys} and {@link #expires} may be read by any thread.</i>
 */
public final class AppliedState {
    static final byte[] APPLIED_KEY = "applied".getBytes(StandardCharsets.US_ASCII);
    static final byte[] LAYOUT_KEY = "layout".getBytes(StandardCharsets.US_ASCII);

    private static final byte FORMAT = 1;

    /** Of the layout, and with it of all rows; 1 had long members of collections whole in keys. */
    private static final byte LAYOUT_FORMAT = 2;

    private static final int ID_BYTES = 40;

    private volatile LogIdentity identity;
    private volatile long offset;
    private volatile int streamDb;
    private long versions;
    private int nextNamespace;
    private volatile int[] namespaces;
    private final AtomicLongArray keys;
    private final AtomicLongArray expires;
    private boolean layoutChanged = true;

    private AppliedState(LogIdentity identity, int[] namespaces, int nextNamespace) {
        this.identity = identity;
        this.namespaces = namespaces;
        this.nextNamespace = nextNamespace;
        keys = new AtomicLongArray(namespaces.length);
        expires = new AtomicLongArray(namespaces.length);
    }

    /** The state of an empty keyspace whose log begins at {@code offset}. */
    public static AppliedState empty(LogIdentity identity, int databases, long offset, int streamDb) {
        int[] namespaces = new int[databases];
        Arrays.setAll(namespaces, db -> db);
        AppliedState state = new AppliedState(identity, namespaces, databases);
        state.offset = offset;
        state.streamDb = streamDb;
        return state;
    }

    /** Ids and where the previous one ends. */
    public LogIdentity identity() {
        return identity;
    }

    void identity(LogIdentity next) {
        identity = next;
        layoutChanged = true;
    }

    /** Log position up to which the rows include everything. */
    public long offset() {
        return offset;
    }

    /** Database that the stream has selected at {@link #offset}; -1 if the next command must select one. */
    public int streamDb() {
        return streamDb;
    }

    void advance(long toOffset, int toStreamDb) {
        offset = toOffset;
        streamDb = toStreamDb;
    }

    void streamDb(int db) {
        streamDb = db;
    }

    /** Number of databases. */
    public int databases() {
        return keys.length();
    }

    /** Keys in a database, those due but not yet deleted included. */
    public long keys(int db) {
        return keys.get(db);
    }

    /** Keys with an expiry in a database. */
    public long expires(int db) {
        return expires.get(db);
    }

    void count(int db, long moreKeys, long moreExpires) {
        if (moreKeys != 0) {
            keys.addAndGet(db, moreKeys);
        }
        if (moreExpires != 0) {
            expires.addAndGet(db, moreExpires);
        }
    }

    /** States, before anybody else sees the keyspace, where a bulk load stands. */
    public void standsAt(long atOffset, int selectedDb) {
        advance(atOffset, selectedDb);
    }

    /** Takes over, before anybody else sees the keyspace, the ids that the log has. */
    public void restored(LogIdentity ofLog) {
        if (!ofLog.equals(identity)) {
            identity(ofLog);
        }
    }

    /** Counts a key that a bulk load has put. */
    public void loaded(int db, boolean withExpiry) {
        count(db, 1, withExpiry ? 1 : 0);
    }

    /** Adds both state rows to a batch, for stores that are filled outside the commit path. */
    public void writeTo(RowBatch batch, long versionHighWaterMark) {
        versions = versionHighWaterMark;
        batch.put(Family.SYSTEM, LAYOUT_KEY, encodeLayout());
        batch.put(Family.SYSTEM, APPLIED_KEY, encodeApplied());
        layoutChanged = false;
    }

    /** High-water mark of versions. */
    long versions() {
        return versions;
    }

    void versions(long highWaterMark) {
        versions = highWaterMark;
    }

    /** Namespace of a database. */
    public int namespace(int db) {
        return namespaces[db];
    }

    /** Databases' namespaces; must not be changed. */
    int[] namespaces() {
        return namespaces;
    }

    /** Database of a namespace, or -1 if no database has it any more. */
    public int database(int namespace) {
        return database(namespaces, namespace);
    }

    static int database(int[] namespaces, int namespace) {
        for (int db = 0; db < namespaces.length; db++) {
            if (namespaces[db] == namespace) {
                return db;
            }
        }
        return -1;
    }

    int nextNamespace() {
        return nextNamespace;
    }

    /** Makes count what a turn that commits now has done to whole databases. */
    void take(PendingLayout pending) {
        namespaces = pending.namespaces;
        nextNamespace = pending.nextNamespace();
        for (int db = 0; db < pending.namespaces.length; db++) {
            keys.set(db, pending.keys[db]);
            expires.set(db, pending.expires[db]);
        }
        layoutChanged = true;
    }

    boolean layoutChanged() {
        return layoutChanged;
    }

    void layoutWritten() {
        layoutChanged = false;
    }

    byte[] encodeApplied() {
        int used = 0;
        int databases = keys.length();
        for (int db = 0; db < databases; db++) {
            used += keys.get(db) != 0 ? 1 : 0;
        }
        ByteBuffer row = ByteBuffer.allocate(22 + 17 * used);
        row.put(FORMAT).putLong(offset).putInt(streamDb).putLong(versions).put((byte) used);
        for (int db = 0; db < databases; db++) {
            if (keys.get(db) != 0) {
                row.put((byte) db).putLong(keys.get(db)).putLong(expires.get(db));
            }
        }
        return row.array();
    }

    byte[] encodeLayout() {
        String previous = identity.previousId();
        int[] all = namespaces;
        ByteBuffer row =
                ByteBuffer.allocate(1 + ID_BYTES + 1 + (previous == null ? 0 : ID_BYTES + 8) + 8 + 4 * all.length);
        row.put(LAYOUT_FORMAT).put(identity.id().getBytes(StandardCharsets.US_ASCII));
        row.put((byte) (previous == null ? 0 : 1));
        if (previous != null) {
            row.put(previous.getBytes(StandardCharsets.US_ASCII)).putLong(identity.previousEnd());
        }
        row.putInt(nextNamespace).putInt(all.length);
        for (int namespace : all) {
            row.putInt(namespace);
        }
        return row.array();
    }

    /**
     * The state of stored rows; more databases than were stored get fresh namespaces.
     *
     * @throws StorageException if a row is of another format, or fewer databases are configured than hold keys
     */
    static AppliedState decode(byte[] applied, byte[] layout, int databases) {
        AppliedState state = decodeLayout(ByteBuffer.wrap(layout), databases);
        ByteBuffer row = ByteBuffer.wrap(applied);
        requireFormat(row, "applied", FORMAT);
        state.offset = row.getLong();
        state.streamDb = row.getInt();
        state.versions = row.getLong();
        for (int used = row.get() & 0xFF; used > 0; used--) {
            int db = row.get() & 0xFF;
            if (db >= state.databases()) {
                throw new StorageException("database " + db + " holds keys, but databases is only " + databases
                        + ": raise it to at least " + (db + 1));
            }
            state.count(db, row.getLong(), row.getLong());
        }
        return state;
    }

    private static AppliedState decodeLayout(ByteBuffer row, int databases) {
        requireFormat(row, "layout", LAYOUT_FORMAT);
        String id = id(row);
        @Nullable String previous = null;
        long previousEnd = -1;
        if (row.get() != 0) {
            previous = id(row);
            previousEnd = row.getLong();
        }
        int nextNamespace = row.getInt();
        int stored = row.getInt();
        // Databases beyond the configured number are kept while they are empty, so that no namespace is lost.
        int[] namespaces = new int[Math.max(databases, 1)];
        for (int db = 0; db < stored; db++) {
            int namespace = row.getInt();
            if (db < namespaces.length) {
                namespaces[db] = namespace;
            }
        }
        boolean grown = namespaces.length > stored;
        for (int db = stored; db < namespaces.length; db++) {
            namespaces[db] = nextNamespace++;
        }
        AppliedState state = new AppliedState(new LogIdentity(id, previous, previousEnd), namespaces, nextNamespace);
        state.layoutChanged = grown;
        return state;
    }

    private static String id(ByteBuffer row) {
        byte[] id = new byte[ID_BYTES];
        row.get(id);
        return new String(id, StandardCharsets.US_ASCII);
    }

    private static void requireFormat(ByteBuffer row, String name, byte known) {
        byte format = row.get();
        if (format != known) {
            throw new StorageException("system row '" + name + "' has format " + format + ", this version reads "
                    + known + ": use the version of Cairn that wrote it");
        }
    }
}
