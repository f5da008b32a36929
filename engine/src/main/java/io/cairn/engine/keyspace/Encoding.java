package io.cairn.engine.keyspace;

/**
 * How a value is encoded, under the names that OBJECT ENCODING gives; the ordinal is stored on disk and never changes.
 *
 * <p>Says what Redis 7.0 would call the value. Whether its elements stand in the meta row or in rows of their own is a
 * bit beside it ({@link MetaRow#inRows}): a small set of words is a {@code hashtable} to clients, and packed on disk.
 *
 * <p><i>Immutable.</i>
 */
public enum Encoding {
    INT("int"),
    EMBSTR("embstr"),
    RAW("raw"),
    QUICKLIST("quicklist"),
    INTSET("intset"),
    HASHTABLE("hashtable"),
    LISTPACK("listpack"),
    SKIPLIST("skiplist"),
    LISTPACKEX("listpackex"),
    STREAM("stream");

    private static final Encoding[] BY_CODE = values();

    private final String objectEncoding;

    Encoding(String objectEncoding) {
        this.objectEncoding = objectEncoding;
    }

    /** The name that OBJECT ENCODING replies. */
    public String objectEncoding() {
        return objectEncoding;
    }

    static Encoding of(int code) {
        return BY_CODE[code];
    }
}
