package io.cairn.engine.keyspace;

import io.cairn.engine.rows.RowCursor;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a store's rows as a turn sees them: its own uncommitted rows laid over the store's.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class MergedCursor implements RowCursor {
    private final RowCursor store;
    private final NavigableMap<byte[], byte[]> overlay;
    private boolean forward = true;
    private byte @Nullable [] storeKey;
    private Map.@Nullable Entry<byte[], byte[]> overlayEntry;

    MergedCursor(RowCursor store, NavigableMap<byte[], byte[]> overlay) {
        this.store = store;
        this.overlay = overlay;
    }

    @Override
    public void seek(byte[] key) {
        forward = true;
        store.seek(key);
        readStore();
        overlayEntry = overlay.ceilingEntry(key);
        skipDeleted();
    }

    @Override
    public void seekToFirst() {
        forward = true;
        store.seekToFirst();
        readStore();
        overlayEntry = overlay.firstEntry();
        skipDeleted();
    }

    @Override
    public void seekToLast() {
        forward = false;
        store.seekToLast();
        readStore();
        overlayEntry = overlay.lastEntry();
        skipDeleted();
    }

    @Override
    public void seekForPrev(byte[] key) {
        forward = false;
        store.seekForPrev(key);
        readStore();
        overlayEntry = overlay.floorEntry(key);
        skipDeleted();
    }

    @Override
    public boolean valid() {
        return storeKey != null || overlayEntry != null;
    }

    @Override
    public void next() {
        if (!forward) {
            byte[] at = key();
            seek(at);
        }
        advance();
        skipDeleted();
    }

    @Override
    public void prev() {
        if (forward) {
            byte[] at = key();
            seekForPrev(at);
        }
        advance();
        skipDeleted();
    }

    @Override
    public Pick pick(byte[] low, byte[] high, int index, int most) {
        byte[] own = overlay.ceilingKey(low);
        return own == null || Arrays.compareUnsigned(own, high) >= 0
                ? store.pick(low, high, index, most)
                : RowCursor.super.pick(low, high, index, most);
    }

    @Override
    public byte[] key() {
        Map.Entry<byte[], byte[]> entry = overlayEntry;
        byte[] ofStore = storeKey;
        if (entry != null && (ofStore == null || overlayComesFirst(entry.getKey(), ofStore))) {
            return entry.getKey();
        }
        if (ofStore == null) {
            throw new IllegalStateException("cursor is on no row");
        }
        return ofStore;
    }

    @Override
    public byte[] value() {
        Map.Entry<byte[], byte[]> entry = overlayEntry;
        if (entry != null && (storeKey == null || overlayComesFirst(entry.getKey(), storeKey))) {
            return entry.getValue();
        }
        return store.value();
    }

    @Override
    public void close() {
        store.close();
    }

    /** True on equal keys too: the overlay hides the store's row. */
    private boolean overlayComesFirst(byte[] ofOverlay, byte[] ofStore) {
        int order = Arrays.compareUnsigned(ofOverlay, ofStore);
        return forward ? order <= 0 : order >= 0;
    }

    private void advance() {
        Map.Entry<byte[], byte[]> entry = overlayEntry;
        byte[] ofStore = storeKey;
        int order;
        if (entry == null) {
            order = 1;
        } else if (ofStore == null) {
            order = -1;
        } else {
            int compared = Arrays.compareUnsigned(entry.getKey(), ofStore);
            order = forward ? compared : -compared;
        }
        if (entry != null && order <= 0) {
            overlayEntry = forward ? overlay.higherEntry(entry.getKey()) : overlay.lowerEntry(entry.getKey());
        }
        if (ofStore != null && order >= 0) {
            if (forward) {
                store.next();
            } else {
                store.prev();
            }
            readStore();
        }
    }

    private void skipDeleted() {
        Map.Entry<byte[], byte[]> entry = overlayEntry;
        while (entry != null
                && entry.getValue() == RowOverlay.TOMBSTONE
                && (storeKey == null || overlayComesFirst(entry.getKey(), storeKey))) {
            advance();
            entry = overlayEntry;
        }
    }

    private void readStore() {
        storeKey = store.valid() ? store.key() : null;
    }
}
