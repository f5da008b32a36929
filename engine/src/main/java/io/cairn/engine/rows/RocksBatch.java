package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Changes serialised as RocksDB's write batch, so that they cross into native code once.
 *
 * <pre>
 *   sequence(8) = 0, count(4), little endian, then count records:
 *   put           0x05 family(varint) key value        delete        0x04 family(varint) key
 *   delete range  0x0E family(varint) from to          each key and value: length(varint) bytes
 * </pre>
 *
 * <p>Changes of META and ROWS are kept a second time as references, for the row caches.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RocksBatch implements RowBatch {
    private static final VarHandle LITTLE_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int HEADER_BYTES = 12;
    private static final int COUNT_AT = 8;
    private static final int NAMESPACE_BYTES = 4;
    private static final int VARINT_MAX = 5;
    private static final byte DELETE = 0x04;
    private static final byte PUT = 0x05;
    private static final byte DELETE_RANGE = 0x0E;
    private static final int KEPT_BYTES = 1 << 20;
    private static final int INITIAL_CHANGES = 64;

    private byte[] bytes = new byte[4096];
    private int end = HEADER_BYTES;
    private int count;
    private CachedChanges metas = new CachedChanges(INITIAL_CHANGES);
    private CachedChanges elements = new CachedChanges(INITIAL_CHANGES);

    @Override
    public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
        ensure(1 + 3 * VARINT_MAX + NAMESPACE_BYTES + key.length + row.length);
        begin(PUT, Family.META);
        appendMetaKey(namespace, key);
        append(row);
        metas.add(hash, namespace, key, row);
    }

    @Override
    public void deleteMeta(int hash, int namespace, byte[] key) {
        ensure(1 + 2 * VARINT_MAX + NAMESPACE_BYTES + key.length);
        begin(DELETE, Family.META);
        appendMetaKey(namespace, key);
        metas.add(hash, namespace, key, CachedChanges.DELETED);
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        MemoryBatch.requireNotMeta(family);
        ensure(1 + 3 * VARINT_MAX + key.length + value.length);
        begin(PUT, family);
        append(key);
        append(value);
        if (family == Family.ROWS) {
            elements.add(RowHash.of(key), 0, key, value);
        }
    }

    @Override
    public void delete(Family family, byte[] key) {
        MemoryBatch.requireNotMeta(family);
        ensure(1 + 2 * VARINT_MAX + key.length);
        begin(DELETE, family);
        append(key);
        if (family == Family.ROWS) {
            elements.add(RowHash.of(key), 0, key, CachedChanges.DELETED);
        }
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return;
        }
        ensure(1 + 3 * VARINT_MAX + from.length + to.length);
        begin(DELETE_RANGE, family);
        append(from);
        append(to);
        if (family == Family.META) {
            metas.addRange(from, to);
        } else if (family == Family.ROWS) {
            elements.addRange(from, to);
        }
    }

    private void begin(byte type, Family family) {
        count++;
        bytes[end++] = type;
        bytes[end++] = (byte) family.id();
    }

    private void appendMetaKey(int namespace, byte[] key) {
        appendVarint(NAMESPACE_BYTES + key.length);
        BIG_INT.set(bytes, end, namespace);
        end += NAMESPACE_BYTES;
        System.arraycopy(key, 0, bytes, end, key.length);
        end += key.length;
    }

    private void append(byte[] part) {
        appendVarint(part.length);
        System.arraycopy(part, 0, bytes, end, part.length);
        end += part.length;
    }

    private void appendVarint(int value) {
        int rest = value;
        while (rest >= 0x80) {
            bytes[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end++] = (byte) rest;
    }

    private void ensure(int more) {
        if (bytes.length - end < more) {
            bytes = Arrays.copyOf(bytes, (int)
                    Math.min(Integer.MAX_VALUE - 16L, Math.max(2L * bytes.length, (long) end + more)));
        }
    }

    /** The batch as RocksDB takes it. */
    byte[] serialised() {
        LITTLE_INT.set(bytes, COUNT_AT, count);
        return Arrays.copyOf(bytes, end);
    }

    CachedChanges metas() {
        return metas;
    }

    CachedChanges elements() {
        return elements;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public void clear() {
        end = HEADER_BYTES;
        count = 0;
        metas = metas.cleared(INITIAL_CHANGES);
        elements = elements.cleared(INITIAL_CHANGES);
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[4096];
        }
    }
}
