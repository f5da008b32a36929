package io.cairn.engine.entry;

import java.io.IOException;

/**
 * Receives whole keys, one after another.
 *
 * <p>Grammar of calls: {@code ( string | begin (element | pair | scored | part)* end | beginTimedHash timedPair* end |
 * library )*}.
 * Between {@code begin} and {@code end} come exactly {@code count} elements: {@code element} for lists (head first) and
 * sets, {@code pair} for hashes, {@code scored} for sorted sets. A stream has {@code count} entries and comes in parts,
 * see {@link StreamPart}. {@code expireAtMillis} is Unix time in milliseconds, or -1 for none. Keys come once
 * each. Arrays must not be changed after they were handed over.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public interface EntrySink {
    /** The count of a list or stream whose elements are not counted before they are handed over. */
    long UNKNOWN_COUNT = -1;

    /** A string key. */
    void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException;

    /**
     * Opens a key of another type with {@code count} elements, at least one (a stream may have none); or with {@link
     * #UNKNOWN_COUNT}, which only lists of very many items and streams have that come from an RDB. The count may be a stranger's word: nothing is to be
     * allocated by it without a bound.
     */
    void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException;

    /** The next list element or set member. */
    void element(byte[] element) throws IOException;

    /** The next hash field with its value. */
    void pair(byte[] field, byte[] value) throws IOException;

    /**
     * Opens a hash of which fields expire: its fields come with {@link #timedPair}. Who does not keep when they do takes
     * it as any hash.
     *
     * @param firstMillis when the first of them does, Unix milliseconds; or some time before
     */
    default void beginTimedHash(int db, byte[] key, long expireAtMillis, long count, long firstMillis)
            throws IOException {
        begin(db, key, expireAtMillis, ValueType.HASH, count);
    }

    /** The next field of such a hash with its value and its expiry, Unix milliseconds, or -1 for none. */
    default void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) throws IOException {
        pair(field, value);
    }

    /** The next sorted set member with its score. */
    void scored(byte[] member, double score) throws IOException;

    /** The next part of a stream. */
    void part(StreamPart part) throws IOException;

    /**
     * A library of functions, not within a key. Who keeps none passes over it.
     *
     * @param code its whole code, which begins with a line that names it
     */
    default void library(byte[] code) throws IOException {}

    /** Closes the key that {@code begin} opened. */
    void end() throws IOException;
}
