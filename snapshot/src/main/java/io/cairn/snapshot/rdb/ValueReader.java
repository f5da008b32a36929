package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.digest.KeyText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the value of one key, in whatever encoding, and hands key and value to the sink. */
final class ValueReader {
    /** Bytes of a list's nodes in the stream (compressed, they may be more in memory). */
    private static final long MAX_KEPT_NODES_BYTES = 16L << 20;

    private static final int NAN_SCORE = 253;
    private static final int PLUS_INFINITY = 254;
    private static final int MINUS_INFINITY = 255;

    private final RdbSource source;
    private final EntrySink sink;
    private final Duplicates duplicates = new Duplicates();
    private final StreamReader streams;

    private final boolean valkey;
    private final TimedHashReader timed;

    ValueReader(RdbSource source, EntrySink sink, boolean valkey) {
        this.source = source;
        this.sink = sink;
        this.valkey = valkey;
        this.timed = new TimedHashReader(source, sink, duplicates);
        this.streams = new StreamReader(source, sink, duplicates);
    }

    /** Reads a value of a supported type; false if it is an empty collection, which the sink does not get. */
    boolean read(int type, int db, byte[] key, long expireAtMillis) throws IOException {
        if (type == RdbCodes.TYPE_STRING) {
            sink.string(db, key, expireAtMillis, source.string());
            return true;
        }
        duplicates.clear();
        try {
            return switch (type) {
                case RdbCodes.TYPE_LIST -> plainList(db, key, expireAtMillis);
                case RdbCodes.TYPE_SET -> plainSet(db, key, expireAtMillis);
                case RdbCodes.TYPE_ZSET -> plainScored(db, key, expireAtMillis, false);
                case RdbCodes.TYPE_ZSET_2 -> plainScored(db, key, expireAtMillis, true);
                case RdbCodes.TYPE_HASH -> plainHash(db, key, expireAtMillis);
                case RdbCodes.TYPE_LIST_QUICKLIST, RdbCodes.TYPE_LIST_QUICKLIST_2 ->
                    quicklist(type, db, key, expireAtMillis);
                case RdbCodes.TYPE_LIST_ZIPLIST ->
                    elements(ValueType.LIST, new Ziplist(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_SET_INTSET ->
                    elements(ValueType.SET, new Intset(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_SET_LISTPACK ->
                    elements(ValueType.SET, new Listpack(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_ZSET_ZIPLIST -> scored(new Ziplist(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_ZSET_LISTPACK -> scored(new Listpack(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_HASH_ZIPMAP -> pairs(new Zipmap(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_HASH_ZIPLIST -> pairs(new Ziplist(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_HASH_LISTPACK -> pairs(new Listpack(source.string()), db, key, expireAtMillis);
                case RdbCodes.TYPE_HASH_METADATA_PRE_GA,
                        RdbCodes.TYPE_HASH_LISTPACK_EX_PRE_GA,
                        RdbCodes.TYPE_HASH_METADATA,
                        RdbCodes.TYPE_HASH_LISTPACK_EX ->
                    valkey ? timed.readValkey(db, key, expireAtMillis) : timed.read(type, db, key, expireAtMillis);
                case RdbCodes.TYPE_STREAM, RdbCodes.TYPE_STREAM_2, RdbCodes.TYPE_STREAM_3 -> {
                    streams.read(type, db, key, expireAtMillis);
                    yield true;
                }
                default -> throw new IllegalArgumentException("type=" + type);
            };
        } catch (BadEncodingException e) {
            throw source.corrupt(e.what() + " type=" + RdbCodes.typeName(type) + " key=" + KeyText.of(key));
        }
    }

    private boolean plainList(int db, byte[] key, long expireAtMillis) throws IOException {
        long count = source.length();
        if (count == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.LIST, count);
        for (long i = 0; i < count; i++) {
            sink.element(source.string());
        }
        sink.end();
        return true;
    }

    private boolean plainSet(int db, byte[] key, long expireAtMillis) throws IOException, BadEncodingException {
        long count = source.length();
        if (count == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.SET, count);
        for (long i = 0; i < count; i++) {
            byte[] member = source.string();
            checkNew(member);
            sink.element(member);
        }
        sink.end();
        return true;
    }

    private boolean plainHash(int db, byte[] key, long expireAtMillis) throws IOException, BadEncodingException {
        long count = source.length();
        if (count == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.HASH, count);
        for (long i = 0; i < count; i++) {
            byte[] field = source.string();
            checkNew(field);
            sink.pair(field, source.string());
        }
        sink.end();
        return true;
    }

    private boolean plainScored(int db, byte[] key, long expireAtMillis, boolean binary)
            throws IOException, BadEncodingException {
        long count = source.length();
        if (count == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.ZSET, count);
        for (long i = 0; i < count; i++) {
            byte[] member = source.string();
            checkNew(member);
            double score = binary ? Double.longBitsToDouble(source.longLittleEndian()) : textScore();
            sink.scored(member, checkedScore(score));
        }
        sink.end();
        return true;
    }

    private double textScore() throws IOException, BadEncodingException {
        int length = source.unsignedByte();
        return switch (length) {
            case NAN_SCORE -> Double.NaN;
            case PLUS_INFINITY -> Double.POSITIVE_INFINITY;
            case MINUS_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> Decimal.score(source.bytes(length));
        };
    }

    private static double checkedScore(double score) throws BadEncodingException {
        if (Double.isNaN(score)) {
            throw new BadEncodingException("score is not a number");
        }
        return score;
    }

    private boolean quicklist(int type, int db, byte[] key, long expireAtMillis)
            throws IOException, BadEncodingException {
        long nodes = source.length();
        long keepTo = source.position() + MAX_KEPT_NODES_BYTES;
        List<Elements> kept = new ArrayList<>();
        long count = 0;
        long read = 0;
        // The number of items stands nowhere, so nodes are kept until the last has come; within reason.
        for (; read < nodes && source.position() < keepTo; read++) {
            Elements node = node(type);
            if (node.count() > 0) {
                kept.add(node);
                count += node.count();
            }
        }
        if (count == 0 && read == nodes) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.LIST, read == nodes ? count : EntrySink.UNKNOWN_COUNT);
        for (Elements node : kept) {
            drain(node);
        }
        for (; read < nodes; read++) {
            Elements node = node(type);
            drain(node);
            count += node.count();
        }
        if (count == 0) {
            throw new BadEncodingException("long list without items");
        }
        sink.end();
        return true;
    }

    private Elements node(int type) throws IOException, BadEncodingException {
        if (type == RdbCodes.TYPE_LIST_QUICKLIST) {
            return new Ziplist(source.string());
        }
        long container = source.length();
        if (container == RdbCodes.QUICKLIST_PACKED) {
            return new Listpack(source.string());
        }
        if (container == RdbCodes.QUICKLIST_PLAIN) {
            return new SingleElement(source.string());
        }
        throw new BadEncodingException("list node of kind " + container);
    }

    private boolean elements(ValueType type, Elements blob, int db, byte[] key, long expireAtMillis)
            throws IOException, BadEncodingException {
        if (blob.count() == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, type, blob.count());
        if (type == ValueType.LIST) {
            drain(blob);
        } else {
            for (int i = 0; i < blob.count(); i++) {
                byte[] member = blob.next();
                checkNew(member);
                sink.element(member);
            }
        }
        sink.end();
        return true;
    }

    private void drain(Elements blob) throws IOException {
        for (int i = 0; i < blob.count(); i++) {
            sink.element(blob.next());
        }
    }

    private boolean pairs(Elements blob, int db, byte[] key, long expireAtMillis)
            throws IOException, BadEncodingException {
        int count = checkedPairs(blob);
        if (count == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.HASH, count);
        for (int i = 0; i < count; i++) {
            byte[] field = blob.next();
            checkNew(field);
            sink.pair(field, blob.next());
        }
        sink.end();
        return true;
    }

    private boolean scored(Elements blob, int db, byte[] key, long expireAtMillis)
            throws IOException, BadEncodingException {
        int count = checkedPairs(blob);
        if (count == 0) {
            return false;
        }
        sink.begin(db, key, expireAtMillis, ValueType.ZSET, count);
        for (int i = 0; i < count; i++) {
            byte[] member = blob.next();
            checkNew(member);
            sink.scored(member, checkedScore(Decimal.score(blob.next())));
        }
        sink.end();
        return true;
    }

    private static int checkedPairs(Elements blob) throws BadEncodingException {
        if (blob.count() % 2 != 0) {
            throw new BadEncodingException("odd number of elements: " + blob.count());
        }
        return blob.count() / 2;
    }

    private void checkNew(byte[] element) throws BadEncodingException {
        if (!duplicates.add(element)) {
            throw new BadEncodingException("element comes twice: " + KeyText.of(element));
        }
    }

    /** A list node that is one long element. */
    private record SingleElement(byte[] element) implements Elements {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public byte[] next() {
            return element;
        }
    }
}
