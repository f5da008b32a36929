package io.cairn.engine.rows;

import java.util.Arrays;

/**
 * The changes that a batch makes to one family, in their order, as references.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RowChanges {
    /** In place of a row: the key is deleted. By identity. */
    static final byte[] DELETED = new byte[0];

    private static final int KEPT = 1 << 14;
    private static final byte[] NOTHING = new byte[0];

    /** Takes the changes in their order. */
    interface Visitor {
        void put(int hash, int namespace, byte[] key, byte[] row);

        /** The row was not there before. */
        default void putNew(int hash, int namespace, byte[] key, byte[] row) {
            put(hash, namespace, key, row);
        }

        void delete(int hash, int namespace, byte[] key);

        void deleteRange(byte[] from, byte[] to);
    }

    private int[] hashes;
    private int[] spaces;
    private byte[][] keys;
    private byte[][] rows;
    private boolean[] ranges;
    private boolean[] news;
    private int size;
    private boolean anyRange;

    RowChanges(int capacity) {
        hashes = new int[capacity];
        spaces = new int[capacity];
        keys = new byte[capacity][];
        rows = new byte[capacity][];
        ranges = new boolean[capacity];
        news = new boolean[capacity];
    }

    void add(int hash, int namespace, byte[] key, byte[] row) {
        add(hash, namespace, key, row, false);
    }

    void addRange(byte[] from, byte[] to) {
        anyRange = true;
        add(0, 0, from, to, true);
    }

    private void add(int hash, int namespace, byte[] key, byte[] row, boolean range) {
        if (size == hashes.length) {
            int length = size * 2;
            hashes = Arrays.copyOf(hashes, length);
            spaces = Arrays.copyOf(spaces, length);
            keys = Arrays.copyOf(keys, length);
            rows = Arrays.copyOf(rows, length);
            ranges = Arrays.copyOf(ranges, length);
            news = Arrays.copyOf(news, length);
        }
        hashes[size] = hash;
        spaces[size] = namespace;
        keys[size] = key;
        rows[size] = row;
        ranges[size] = range;
        news[size] = false;
        size++;
    }

    /** The row that was added last was not there before. */
    void lastIsNew() {
        news[size - 1] = true;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether ranges are deleted. */
    boolean anyRange() {
        return anyRange;
    }

    void visit(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            if (ranges[i]) {
                visitor.deleteRange(keys[i], rows[i]);
            } else if (rows[i] == DELETED) {
                visitor.delete(hashes[i], spaces[i], keys[i]);
            } else if (news[i]) {
                visitor.putNew(hashes[i], spaces[i], keys[i], rows[i]);
            } else {
                visitor.put(hashes[i], spaces[i], keys[i], rows[i]);
            }
        }
    }

    RowChanges cleared(int capacity) {
        if (hashes.length > KEPT) {
            return new RowChanges(capacity);
        }
        Arrays.fill(keys, 0, size, NOTHING);
        Arrays.fill(rows, 0, size, NOTHING);
        size = 0;
        anyRange = false;
        return this;
    }
}
