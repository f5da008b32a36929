package io.cairn.server.crash;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.types.StoredValues;
import io.cairn.snapshot.digest.DumpDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything a store holds, read row by row, and what is wrong with it: counts that are not the number of keys, an expiry
 * index that is not that of the keys, rows that belong to nobody.
 *
 * <p><i>Immutable.</i>
 */
final class Contents {
    private final Map<String, String> values = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private final Set<Long> versions = new HashSet<>();
    private final DumpDigest digest = new DumpDigest();
    private final RowView view;
    private final AppliedState state;
    private long withExpiry;

    private Contents(RowView view, AppliedState state) {
        this.view = view;
        this.state = state;
    }

    static Contents of(RowView view, AppliedState state) throws IOException {
        Contents contents = new Contents(view, state);
        long expiries = 0;
        for (int db = 0; db < state.databases(); db++) {
            contents.readDatabase(db);
            expiries += contents.withExpiry;
        }
        contents.checkExpiryIndex(expiries);
        contents.checkRows();
        return contents;
    }

    /** Key to value, as text, of keys that do not begin with {@code x}. */
    Map<String, String> values() {
        return values;
    }

    DumpDigest.Sum digest() {
        return digest.sum();
    }

    List<String> faults() {
        return faults;
    }

    private void readDatabase(int db) throws IOException {
        int namespace = state.namespace(db);
        long keys = 0;
        withExpiry = 0;
        try (RowCursor cursor = namespaceRows(namespace)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] key = Arrays.copyOfRange(cursor.key(), 4, cursor.key().length);
                byte[] row = cursor.value();
                keys++;
                long due = MetaRow.expireAtMillis(row);
                if (due != MetaRow.NO_EXPIRY) {
                    withExpiry++;
                    if (view.get(Family.EXPIRES, SystemRows.expiry(due, namespace, key), ReadMode.DISK) == null) {
                        faults.add("not in the expiry index: db " + db + " " + text(key));
                    }
                }
                if (MetaRow.inRows(row)) {
                    versions.add(MetaRow.version(row));
                }
                StoredValues.drain(db, key, row, view, digest);
                if (key[0] != 'x') {
                    StoredValues.drain(db, key, row, view, new Texts());
                }
            }
        }
        if (keys != state.keys(db) || withExpiry != state.expires(db)) {
            faults.add("db " + db + " has " + keys + " keys, " + withExpiry + " of them with expiry, counted are "
                    + state.keys(db) + " and " + state.expires(db));
        }
    }

    private RowCursor namespaceRows(int namespace) {
        return view.cursor(
                Family.META,
                SystemRows.namespaceStart(namespace),
                SystemRows.namespaceStart(namespace + 1),
                ReadMode.DISK);
    }

    private void checkExpiryIndex(long expected) {
        long found = 0;
        try (RowCursor cursor = view.cursor(Family.EXPIRES, SystemRows.EMPTY, null, ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                found += state.database(ByteBuffer.wrap(cursor.key()).getInt(8)) >= 0 ? 1 : 0;
            }
        }
        if (found != expected) {
            faults.add("expiry index has " + found + " entries for " + expected + " keys");
        }
    }

    /** Rows of a version that no key has must at least be marked as garbage. */
    private void checkRows() {
        try (RowCursor marks = view.cursor(Family.SYSTEM, SystemRows.EMPTY, null, ReadMode.DISK)) {
            for (marks.seekToFirst(); marks.valid(); marks.next()) {
                ByteBuffer mark = ByteBuffer.wrap(marks.key());
                byte kind = mark.get();
                if (kind == SystemRows.TRASHED_VERSION && mark.remaining() == 8) {
                    versions.add(mark.getLong());
                } else if (kind == SystemRows.TRASHED_NAMESPACE && mark.remaining() == 4) {
                    addVersions(mark.getInt());
                }
            }
        }
        for (Family family : new Family[] {Family.ROWS, Family.SCORES}) {
            Set<Long> orphans = new HashSet<>();
            try (RowCursor rows = view.cursor(family, SystemRows.EMPTY, null, ReadMode.DISK)) {
                for (rows.seekToFirst(); rows.valid(); rows.next()) {
                    long version = ByteBuffer.wrap(rows.key()).getLong();
                    if (!versions.contains(version)) {
                        orphans.add(version);
                    }
                }
            }
            if (!orphans.isEmpty()) {
                faults.add(family + " has rows of versions that belong to nobody: " + orphans);
            }
        }
    }

    private void addVersions(int namespace) {
        try (RowCursor cursor = namespaceRows(namespace)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                if (MetaRow.inRows(cursor.value())) {
                    versions.add(MetaRow.version(cursor.value()));
                }
            }
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Takes values as text. */
    private final class Texts implements EntrySink {
        private final List<String> elements = new ArrayList<>();
        private String name = "";
        private String suffix = "";
        private boolean ordered;

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
            values.put(db + "/" + text(key), text(value) + expiry(expireAtMillis));
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
            name = db + "/" + text(key);
            suffix = expiry(expireAtMillis);
            ordered = type == ValueType.LIST;
        }

        @Override
        public void element(byte[] element) {
            elements.add(text(element));
        }

        @Override
        public void pair(byte[] field, byte[] value) {
            elements.add(text(field) + "=" + text(value));
        }

        @Override
        public void scored(byte[] member, double score) {
            elements.add(text(member) + "=" + (long) score);
        }

        @Override
        public void part(StreamPart part) {
            throw new IllegalStateException("no streams here");
        }

        @Override
        public void end() {
            if (!ordered) {
                Collections.sort(elements);
            }
            values.put(name, elements + suffix);
        }

        private String expiry(long atMillis) {
            return atMillis == MetaRow.NO_EXPIRY ? "" : "@" + atMillis;
        }
    }
}
