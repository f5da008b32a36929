package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.snapshot.digest.KeyText;
import java.io.IOException;

/**
 * Reads hashes of which fields expire, in the encodings of Redis 7.4 and of Valkey 9.
 *
 * <pre>
 *   Redis 22         := count ( due field value )*          due: 0 for none, else Unix milliseconds, a length
 *   Redis 23         := listpack of field, value, due
 *   Redis 24         := first(8) count ( due field value )* due: 0 for none, else milliseconds behind first - 1
 *   Redis 25         := first(8) listpack of field, value, due; due as in 23
 *   Valkey 22        := count ( field value due(8) )*       due: -1 for none
 * </pre>
 */
final class TimedHashReader {
    private static final long NEVER = -1;

    /** Redis keeps 48 bits of a time. */
    private static final long MAX_MILLIS = (1L << 48) - 2;

    private final RdbSource source;
    private final EntrySink sink;
    private final Duplicates duplicates;

    TimedHashReader(RdbSource source, EntrySink sink, Duplicates duplicates) {
        this.source = source;
        this.sink = sink;
        this.duplicates = duplicates;
    }

    /** Reads a hash of Redis's; false if it is empty. */
    boolean read(int type, int db, byte[] key, long expireAtMillis) throws IOException, BadEncodingException {
        boolean hasFirst = type == RdbCodes.TYPE_HASH_METADATA || type == RdbCodes.TYPE_HASH_LISTPACK_EX;
        long first = hasFirst ? source.longLittleEndian() : 0;
        return type == RdbCodes.TYPE_HASH_METADATA || type == RdbCodes.TYPE_HASH_METADATA_PRE_GA
                ? plain(hasFirst, first, db, key, expireAtMillis)
                : listpack(db, key, expireAtMillis);
    }

    private boolean plain(boolean relative, long first, int db, byte[] key, long expireAtMillis)
            throws IOException, BadEncodingException {
        long count = source.length();
        if (count == 0) {
            return false;
        }
        sink.beginTimedHash(db, key, expireAtMillis, count, 0);
        for (long i = 0; i < count; i++) {
            long due = source.length();
            byte[] field = field(source.string());
            long dueMillis = due == 0 ? NEVER : checked(relative ? first + (due - 1) : due);
            sink.timedPair(field, source.string(), dueMillis);
        }
        sink.end();
        return true;
    }

    private boolean listpack(int db, byte[] key, long expireAtMillis) throws IOException, BadEncodingException {
        Listpack blob = new Listpack(source.string());
        if (blob.count() % 3 != 0) {
            throw new BadEncodingException("number of elements is no multiple of three: " + blob.count());
        }
        int count = blob.count() / 3;
        if (count == 0) {
            return false;
        }
        sink.beginTimedHash(db, key, expireAtMillis, count, 0);
        for (int i = 0; i < count; i++) {
            byte[] field = field(blob.next());
            byte[] value = blob.next();
            long due = number(blob.next());
            sink.timedPair(field, value, due == 0 ? NEVER : checked(due));
        }
        sink.end();
        return true;
    }

    /** Reads a hash of Valkey's; false if it is empty. */
    boolean readValkey(int db, byte[] key, long expireAtMillis) throws IOException, BadEncodingException {
        long count = source.length();
        if (count == 0) {
            return false;
        }
        sink.beginTimedHash(db, key, expireAtMillis, count, 0);
        for (long i = 0; i < count; i++) {
            byte[] field = field(source.string());
            byte[] value = source.string();
            long due = source.longLittleEndian();
            sink.timedPair(field, value, due == NEVER ? NEVER : checked(due));
        }
        sink.end();
        return true;
    }

    private byte[] field(byte[] field) throws BadEncodingException {
        if (!duplicates.add(field)) {
            throw new BadEncodingException("element comes twice: " + KeyText.of(field));
        }
        return field;
    }

    /** A time in a listpack; longer than 15 digits is none. */
    private static long number(byte[] text) throws BadEncodingException {
        long number = 0;
        for (byte digit : text) {
            if (digit < '0' || digit > '9' || text.length > 15) {
                throw new BadEncodingException("a field's time is no number");
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }

    private static long checked(long dueMillis) throws BadEncodingException {
        if (dueMillis < 0 || dueMillis > MAX_MILLIS) {
            throw new BadEncodingException("a field expires at " + dueMillis);
        }
        return dueMillis;
    }
}
