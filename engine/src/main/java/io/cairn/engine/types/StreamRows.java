package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The keys and values of a stream's rows, all in ROWS.
 *
 * <pre>
 *   entry     := version 00 id -> words                            words: {@link Packed}, field and value in turn
 *   group     := version 01 name -> last:id read:i64 pending:u64 consumers:u64
 *   consumer  := version 02 str(group) name -> seen:i64 pending:u64
 *   pending   := version 03 str(group) id -> named:u8 delivered:i64 deliveries:i64 [consumer]
 *   claimed   := version 04 str(group) str(consumer) id -> empty
 *   owner     := version 05 str(group) id -> consumer              only where the pending entry is not named
 *   id        := millis:u64 sequence:u64
 * </pre>
 *
 * Integers are big endian, so ids sort as numbers. A group that was loaded with very many pending entries has their
 * consumers in rows of their own, since they become known only when all entries have passed by.
 *
 * <p><i>Immutable.</i>
 */
final class StreamRows {
    static final byte ENTRY = 0;
    static final byte GROUP = 1;
    static final byte CONSUMER = 2;
    static final byte PENDING = 3;
    static final byte CLAIMED = 4;
    static final byte OWNER = 5;

    static final int ID_BYTES = 16;
    private static final int PREFIX = 9;
    private static final int PENDING_FIXED = 17;

    private StreamRows() {}

    /** Key of an entry. */
    static byte[] entryKey(long version, StreamId id) {
        return prefix(version, ENTRY, ID_BYTES)
                .putLong(id.millis())
                .putLong(id.sequence())
                .array();
    }

    /** The lowest key behind all rows of a kind. */
    static byte[] end(long version, byte kind) {
        return prefix(version, (byte) (kind + 1), 0).array();
    }

    /** The lowest key of a kind. */
    static byte[] start(long version, byte kind) {
        return prefix(version, kind, 0).array();
    }

    static byte[] groupKey(long version, byte[] group) {
        return prefix(version, GROUP, group.length).put(group).array();
    }

    /** The name at the end of a group's key. */
    static byte[] groupName(byte[] key) {
        return Arrays.copyOfRange(key, PREFIX, key.length);
    }

    static byte[] consumerKey(long version, byte[] group, byte[] name) {
        byte[] head = scope(version, CONSUMER, group);
        byte[] key = Arrays.copyOf(head, head.length + name.length);
        System.arraycopy(name, 0, key, head.length, name.length);
        return key;
    }

    /** Where all keys of a kind that belong to a group begin. */
    static byte[] scope(long version, byte kind, byte[] group) {
        byte[] key = prefix(version, kind, Packed.elementBytes(group)).array();
        Packed.putElement(key, PREFIX, group);
        return key;
    }

    /** Where all claims of a consumer begin. */
    static byte[] claims(long version, byte[] group, byte[] consumer) {
        byte[] head = scope(version, CLAIMED, group);
        byte[] key = Arrays.copyOf(head, head.length + Packed.elementBytes(consumer));
        Packed.putElement(key, head.length, consumer);
        return key;
    }

    /** The key in a scope that ends with an id. */
    static byte[] at(byte[] scope, StreamId id) {
        ByteBuffer key = ByteBuffer.allocate(scope.length + ID_BYTES);
        return key.put(scope).putLong(id.millis()).putLong(id.sequence()).array();
    }

    /** The lowest key behind all that begin with {@code scope}, which does not consist of FF alone. */
    static byte[] behind(byte[] scope) {
        int last = scope.length - 1;
        while (scope[last] == -1) {
            last--;
        }
        byte[] key = Arrays.copyOf(scope, last + 1);
        key[last]++;
        return key;
    }

    /** The id at the end of a key. */
    static StreamId id(byte[] key) {
        ByteBuffer bytes = ByteBuffer.wrap(key, key.length - ID_BYTES, ID_BYTES);
        return new StreamId(bytes.getLong(), bytes.getLong());
    }

    private static ByteBuffer prefix(long version, byte kind, int more) {
        return ByteBuffer.allocate(PREFIX + more).putLong(version).put(kind);
    }

    /** Value of an entry: the words from an index on. */
    static byte[] words(byte[][] words, int from) {
        int count = (words.length - from) / 2;
        int bytes = Packed.varintBytes(count);
        for (int i = from; i < words.length; i++) {
            bytes += Packed.elementBytes(words[i]);
        }
        byte[] value = new byte[bytes];
        int at = Packed.putVarint(value, 0, count);
        for (int i = from; i < words.length; i++) {
            at = Packed.putElement(value, at, words[i]);
        }
        return value;
    }

    /** The words of an entry. */
    static byte[][] words(byte[] value) {
        Packed packed = new Packed(value, 0);
        byte[][] words = new byte[packed.count() * 2][];
        for (int i = 0; i < words.length; i++) {
            packed.next();
            words[i] = packed.copy();
        }
        return words;
    }

    static byte[] group(StreamId lastId, long entriesRead, long pending, long consumers) {
        return ByteBuffer.allocate(ID_BYTES + 3 * Long.BYTES)
                .putLong(lastId.millis())
                .putLong(lastId.sequence())
                .putLong(entriesRead)
                .putLong(pending)
                .putLong(consumers)
                .array();
    }

    static byte[] consumer(long seenMillis, long pending) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(seenMillis)
                .putLong(pending)
                .array();
    }

    /** Value of a pending entry; without a consumer if that stands in a row of its own. */
    static byte[] pending(long deliveredMillis, long deliveries, byte[] consumer, boolean named) {
        ByteBuffer value = ByteBuffer.allocate(PENDING_FIXED + (named ? consumer.length : 0));
        value.put((byte) (named ? 1 : 0)).putLong(deliveredMillis).putLong(deliveries);
        return named ? value.put(consumer).array() : value.array();
    }

    static boolean isNamed(byte[] pending) {
        return pending[0] != 0;
    }

    static long deliveredMillis(byte[] pending) {
        return ByteBuffer.wrap(pending).getLong(1);
    }

    static long deliveries(byte[] pending) {
        return ByteBuffer.wrap(pending).getLong(1 + Long.BYTES);
    }

    /** The consumer of a pending entry that is named. */
    static byte[] consumerOf(byte[] pending) {
        return Arrays.copyOfRange(pending, PENDING_FIXED, pending.length);
    }
}
