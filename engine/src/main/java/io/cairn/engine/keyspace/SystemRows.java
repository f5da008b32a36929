package io.cairn.engine.keyspace;

import java.nio.ByteBuffer;

/**
 * Keys of rows that serve the keyspace itself.
 *
 * <pre>
 *   EXPIRES  due milliseconds(8) namespace(4) key         when keys are due, in order
 *   EXPIRES  due milliseconds(8) namespace(4) key         the same with the top bit of the namespace set: when the
 *                                                         first field of a hash is due
 *   SYSTEM   'v' version(8)                               rows of this version are garbage
 *   SYSTEM   'n' namespace(4)                             keys of this namespace are garbage
 *   SYSTEM   'F' name                                     a library of functions: format(1) code
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

    /** Marks the namespace of a key in EXPIRES of which not the key itself is due, but a field. */
    public static final int OF_FIELDS = 0x8000_0000;

    /** EXPIRES key of a hash whose first field is due at a time. */
    public static byte[] fieldsExpiry(long dueMillis, int namespace, byte[] key) {
        return expiry(dueMillis, namespace | OF_FIELDS, key);
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
