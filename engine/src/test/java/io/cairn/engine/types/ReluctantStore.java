package io.cairn.engine.types;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.WouldBlockException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A store that, asked for what is in memory, now and then says that it would have to wait for the disk, and never
 * otherwise.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ReluctantStore implements RowStore {
    private final RowStore store;
    private final Random random;
    private final int oneIn;

    /** Refuses one read or movement in {@code oneIn}. */
    public ReluctantStore(RowStore store, Random random, int oneIn) {
        this.store = store;
        this.random = random;
        this.oneIn = oneIn;
    }

    private void balk(ReadMode mode) {
        if (mode == ReadMode.MEMORY && random.nextInt(oneIn) == 0) {
            throw WouldBlockException.INSTANCE;
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        balk(mode);
        return store.get(family, key, ReadMode.DISK);
    }

    @Override
    public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
        balk(mode);
        return store.meta(hash, namespace, key, ReadMode.DISK);
    }

    @Override
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        RowCursor cursor = store.cursor(family, from, to, ReadMode.DISK);
        return new RowCursor() {
            @Override
            public void seek(byte[] key) {
                balk(mode);
                cursor.seek(key);
            }

            @Override
            public void seekToFirst() {
                balk(mode);
                cursor.seekToFirst();
            }

            @Override
            public void seekToLast() {
                balk(mode);
                cursor.seekToLast();
            }

            @Override
            public void seekForPrev(byte[] key) {
                balk(mode);
                cursor.seekForPrev(key);
            }

            @Override
            public boolean valid() {
                return cursor.valid();
            }

            @Override
            public void next() {
                balk(mode);
                cursor.next();
            }

            @Override
            public void prev() {
                balk(mode);
                cursor.prev();
            }

            @Override
            public byte[] key() {
                return cursor.key();
            }

            @Override
            public byte[] value() {
                return cursor.value();
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    @Override
    public RowBatch newBatch() {
        return store.newBatch();
    }

    @Override
    public void write(RowBatch batch) {
        store.write(batch);
    }

    @Override
    public RowView checkpoint(Path directory) {
        return store.checkpoint(directory);
    }

    @Override
    public int touchMetas(int namespace, int[] hashes, int count) {
        return store.touchMetas(namespace, hashes, count);
    }

    @Override
    public int touchElements(long version, int[] hashes, int count) {
        return store.touchElements(version, hashes, count);
    }

    @Override
    public byte @Nullable [] glance(int hash, int namespace, byte[] key, int most) {
        return store.glance(hash, namespace, key, most);
    }

    @Override
    public byte @Nullable [] persisted(Family family, byte[] key) {
        return store.persisted(family, key);
    }

    @Override
    public void flush() {
        store.flush();
    }

    @Override
    public boolean durable() {
        return store.durable();
    }

    @Override
    public Map<String, Long> stats() {
        return store.stats();
    }

    @Override
    public void close() {
        store.close();
    }
}
