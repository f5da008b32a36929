package io.cairn.snapshot.digest;

import io.cairn.engine.entry.ValueType;
import java.util.HexFormat;

/**
 * Takes any number of keys and says in 128 bits what they were, in whatever order they came.
 *
 * <p>Two keyspaces with the same {@link Sum} hold the same keys with the same types, expiries and elements (lists in the
 * same order), but for a chance in the order of 2^-128. The state is of constant size.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class DumpDigest extends KeyDigests {
    private long keys;
    private long elements;
    private long high;
    private long low;

    /**
     * What a keyspace comes to.
     *
     * <p><i>Immutable.</i>
     *
     * @param keys number of keys
     * @param elements number of elements of all keys, a string being one
     * @param high first 64 bits of the digest
     * @param low last 64 bits of the digest
     */
    public record Sum(long keys, long elements, long high, long low) {
        /** The sum of no keys. */
        public static final Sum EMPTY = new Sum(0, 0, 0, 0);

        /** The sum of both, for keyspaces that are read in parts. */
        public Sum plus(Sum other) {
            return new Sum(keys + other.keys, elements + other.elements, high + other.high, low + other.low);
        }

        /** The digest in 32 hexadecimal digits. */
        public String hex() {
            return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
        }

        @Override
        public String toString() {
            return "keys=" + keys + " elements=" + elements + " digest=" + hex();
        }
    }

    @Override
    void key(int db, byte[] key, ValueType type, long expireAtMillis, long count, Fingerprint digest) {
        keys++;
        elements += count;
        high += digest.high();
        low += digest.low();
    }

    /** The sum of all keys so far. */
    public Sum sum() {
        return new Sum(keys, elements, high, low);
    }
}
