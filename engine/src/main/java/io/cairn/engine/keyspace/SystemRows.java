package io.cairn.engine.keyspace;

import java.nio.ByteBuffer;

/**
 * Keys of rows that serve the keyspace itself.
 *
 * <pre>
 *   EXPIRES  due milliseconds(8) namespace(4) key         when keys are due, in order
 *   SYSTEM   'v' version(8)                               rows of this version are garbage
 *   SYSTEM   'n' namespace(4)                             keys of this namespace are garbage
 * </pre>
 *
 * <p><i>Immutable.</i>
 */
public final class SystemRows {
    /** Value of rows whose key says all. */
    public static final byte[] EMPTY = new byte[0];

    /** First byte of a garbage version's key. */
    public static final byte TRASHED_VERSION = 'v';

    /** First byte of a garbage namespace's key. */
    public static final byte TRASHED_NAMESPACE = 'n';

    private SystemRows() {}

    /** EXPIRES key of a key that is due at a time; due times are stored as unsigned, so never negative ones. */
    public static byte[] expiry(long dueMillis, int namespace, byte[] key) {
        return ByteBuffer.allocate(12 + key.length)
                .putLong(dueMillis)
                .putInt(namespace)
                .put(key)
                .array();
    }

    /** META key: namespace and key. */
    public static byte[] meta(int namespace, byte[] key) {
        return ByteBuffer.allocate(4 + key.length).putInt(namespace).put(key).array();
    }

    /** First META key of a namespace; that of {@code namespace + 1} ends it. */
    public static byte[] namespaceStart(int namespace) {
        return ByteBuffer.allocate(4).putInt(namespace).array();
    }

    /** First ROWS or SCORES key of a version; that of {@code version + 1} ends it. */
    public static byte[] versionStart(long version) {
        return ByteBuffer.allocate(8).putLong(version).array();
    }

    /** SYSTEM key that marks a version as garbage. */
    public static byte[] trashedVersion(long version) {
        return ByteBuffer.allocate(9).put(TRASHED_VERSION).putLong(version).array();
    }

    /** SYSTEM key that marks a namespace as garbage. */
    public static byte[] trashedNamespace(int namespace) {
        return ByteBuffer.allocate(5).put(TRASHED_NAMESPACE).putInt(namespace).array();
    }
}
