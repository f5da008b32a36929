package io.cairn.engine;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes the rows of dropped versions and of flushed databases, which their commands only marked.
 *
 * <p>Small versions are deleted row by row, large ones as ranges: a range costs every later read a little until it is
 * compacted away. A crash in between repeats the work.
 *
 * <p><i>Confined to the janitor thread.</i>
 */
final class Collector {
    private static final int MARKS_PER_RUN = 128;
    private static final int ROWS_SINGLY = 512;
    private static final long BYTES_SINGLY = 8 << 20;
    private static final int KEYS_PER_BATCH = 1024;

    private final KeyspaceHandle handle;

    Collector(KeyspaceHandle handle) {
        this.handle = handle;
    }

    /** Collects some garbage; returns whether there may be more. */
    boolean runOnce() {
        Keyspace keyspace = handle.keyspace();
        if (keyspace.failure() != null) {
            return false;
        }
        List<byte[]> versions = marks(keyspace, SystemRows.TRASHED_VERSION, MARKS_PER_RUN);
        if (!versions.isEmpty()) {
            collectVersions(keyspace, versions);
        }
        List<byte[]> namespaces = marks(keyspace, SystemRows.TRASHED_NAMESPACE, 1);
        if (!namespaces.isEmpty()) {
            collectNamespace(keyspace, namespaces.get(0));
        }
        return versions.size() == MARKS_PER_RUN || !namespaces.isEmpty();
    }

    private static List<byte[]> marks(Keyspace keyspace, byte kind, int most) {
        List<byte[]> marks = new ArrayList<>();
        byte[] from = {kind};
        byte[] to = {(byte) (kind + 1)};
        try (RowCursor cursor = keyspace.store().cursor(Family.SYSTEM, from, to, ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid() && marks.size() < most; cursor.next()) {
                marks.add(cursor.key());
            }
        }
        return marks;
    }

    private void collectVersions(Keyspace keyspace, List<byte[]> marks) {
        long[] bytes = new long[marks.size()];
        keyspace.maintain(batch -> {
            for (int i = 0; i < bytes.length; i++) {
                long version = ByteBuffer.wrap(marks.get(i)).getLong(1);
                bytes[i] = deleteVersion(keyspace.store(), Family.ROWS, version, batch);
                deleteVersion(keyspace.store(), Family.SCORES, version, batch);
                batch.ends(version);
                batch.delete(Family.SYSTEM, marks.get(i));
            }
        });
        for (int i = 0; i < bytes.length; i++) {
            long version = ByteBuffer.wrap(marks.get(i)).getLong(1);
            byte[] from = SystemRows.versionStart(version);
            byte[] to = SystemRows.versionStart(version + 1);
            keyspace.store().reclaim(Family.ROWS, from, to, bytes[i]);
            keyspace.store().reclaim(Family.SCORES, from, to, 0);
        }
    }

    /** Deletes the rows of a version; returns how many bytes they have at least. */
    private static long deleteVersion(RowStore store, Family family, long version, RowBatch batch) {
        byte[] from = SystemRows.versionStart(version);
        byte[] to = SystemRows.versionStart(version + 1);
        List<byte[]> rows = new ArrayList<>();
        long bytes = 0;
        try (RowCursor cursor = store.cursor(family, from, to, ReadMode.DISK)) {
            // To see a row costs reading it, so those that are few and long are not walked through either.
            for (cursor.seekToFirst();
                    cursor.valid() && rows.size() < ROWS_SINGLY && bytes < BYTES_SINGLY;
                    cursor.next()) {
                rows.add(cursor.key());
                bytes += cursor.valueBytes();
            }
        }
        if (rows.size() == ROWS_SINGLY || bytes >= BYTES_SINGLY) {
            batch.deleteRange(family, from, to);
        } else {
            rows.forEach(row -> batch.delete(family, row));
        }
        return bytes;
    }

    /** Marks the versions of a flushed namespace's keys, some at a time, then removes the namespace in one range. */
    private void collectNamespace(Keyspace keyspace, byte[] mark) {
        int namespace = ByteBuffer.wrap(mark).getInt(1);
        byte[] from = SystemRows.namespaceStart(namespace);
        byte[] to = SystemRows.namespaceStart(namespace + 1);
        try (RowCursor cursor = keyspace.store().cursor(Family.META, from, to, ReadMode.DISK)) {
            cursor.seekToFirst();
            while (cursor.valid()) {
                keyspace.maintain(batch -> markVersions(cursor, batch));
            }
        }
        keyspace.maintain(batch -> {
            batch.deleteRange(Family.META, from, to);
            batch.delete(Family.SYSTEM, mark);
        });
    }

    private static void markVersions(RowCursor cursor, RowBatch batch) {
        for (int seen = 0; cursor.valid() && seen < KEYS_PER_BATCH; seen++, cursor.next()) {
            byte[] row = cursor.value();
            if (MetaRow.inRows(row)) {
                batch.put(Family.SYSTEM, SystemRows.trashedVersion(MetaRow.version(row)), SystemRows.EMPTY);
            }
        }
    }
}
