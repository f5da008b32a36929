package io.cairn.engine.rows;

import java.util.Arrays;

/**
 * Changes for the memory store: a list, kept in parallel arrays.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class MemoryBatch implements RowBatch {
    private static final int INITIAL = 64;
    private static final int KEPT = 1 << 14;
    private static final Family[] FAMILIES = Family.values();

    /** Takes the changes in their order. */
    interface Visitor {
        void putMeta(int hash, int namespace, byte[] key, byte[] row);

        void deleteMeta(int hash, int namespace, byte[] key);

        void put(Family family, byte[] key, byte[] value);

        void delete(Family family, byte[] key);

        void deleteRange(Family family, byte[] from, byte[] to);
    }

    private enum Kind {
        PUT_META,
        DELETE_META,
        PUT,
        DELETE,
        DELETE_RANGE
    }

    private static final Kind[] KINDS = Kind.values();
    private static final byte[] NOTHING = new byte[0];

    private byte[] kinds = new byte[INITIAL];
    private int[] hashes = new int[INITIAL];
    private int[] spaces = new int[INITIAL];
    private byte[][] keys = new byte[INITIAL][];
    private byte[][] values = new byte[INITIAL][];
    private int size;

    @Override
    public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
        add(Kind.PUT_META, hash, namespace, key, row);
    }

    @Override
    public void deleteMeta(int hash, int namespace, byte[] key) {
        add(Kind.DELETE_META, hash, namespace, key, NOTHING);
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        add(Kind.PUT, 0, requireNotMeta(family), key, value);
    }

    @Override
    public void delete(Family family, byte[] key) {
        add(Kind.DELETE, 0, requireNotMeta(family), key, NOTHING);
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) < 0) {
            add(Kind.DELETE_RANGE, 0, family.ordinal(), from, to);
        }
    }

    static int requireNotMeta(Family family) {
        if (family == Family.META) {
            throw new IllegalArgumentException("rows of META are set by namespace and key");
        }
        return family.ordinal();
    }

    private void add(Kind kind, int hash, int space, byte[] key, byte[] value) {
        if (size == kinds.length) {
            int length = size * 2;
            kinds = Arrays.copyOf(kinds, length);
            hashes = Arrays.copyOf(hashes, length);
            spaces = Arrays.copyOf(spaces, length);
            keys = Arrays.copyOf(keys, length);
            values = Arrays.copyOf(values, length);
        }
        kinds[size] = (byte) kind.ordinal();
        hashes[size] = hash;
        spaces[size] = space;
        keys[size] = key;
        values[size] = value;
        size++;
    }

    void visit(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            byte[] key = keys[i];
            byte[] value = values[i];
            switch (KINDS[kinds[i]]) {
                case PUT_META -> visitor.putMeta(hashes[i], spaces[i], key, value);
                case DELETE_META -> visitor.deleteMeta(hashes[i], spaces[i], key);
                case PUT -> visitor.put(FAMILIES[spaces[i]], key, value);
                case DELETE -> visitor.delete(FAMILIES[spaces[i]], key);
                case DELETE_RANGE -> visitor.deleteRange(FAMILIES[spaces[i]], key, value);
            }
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void clear() {
        if (kinds.length > KEPT) {
            kinds = new byte[INITIAL];
            hashes = new int[INITIAL];
            spaces = new int[INITIAL];
            keys = new byte[INITIAL][];
            values = new byte[INITIAL][];
        } else {
            Arrays.fill(keys, 0, size, NOTHING);
            Arrays.fill(values, 0, size, NOTHING);
        }
        size = 0;
    }
}
