package io.cairn.engine.entry;

import java.io.IOException;

/**
 * Receives whole keys, one after another.
 *
 * <p>Grammar of calls: {@code ( string | begin (element | pair | scored)* end )*}. Between {@code begin} and {@code end}
 * come exactly {@code count} elements: {@code element} for lists (head first) and sets, {@code pair} for hashes,
 * {@code scored} for sorted sets. {@code expireAtMillis} is Unix time in milliseconds, or -1 for none. Keys come once
 * each. Arrays must not be changed after they were handed over.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public interface EntrySink {
    /** A string key. */
    void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException;

    /** Opens a key of another type with {@code count} elements, at least one. */
    void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException;

    /** The next list element or set member. */
    void element(byte[] element) throws IOException;

    /** The next hash field with its value. */
    void pair(byte[] field, byte[] value) throws IOException;

    /** The next sorted set member with its score. */
    void scored(byte[] member, double score) throws IOException;

    /** Closes the key that {@code begin} opened. */
    void end() throws IOException;
}
