package io.cairn.engine.rows;

/**
 * The column families of a row store; the ordinal is the RocksDB column family id and never changes.
 *
 * <p><i>Immutable.</i>
 */
public enum Family {
    /** Applied state, namespaces, trash: few small rows. RocksDB's default family. */
    SYSTEM("default"),
    /** One row a key: namespace (4 bytes, big endian) and key to type, expiry and, where it is small, the value. */
    META("meta"),
    /** Elements of large collections and chunks of large strings: version (8 bytes, big endian) and element. */
    ROWS("rows"),
    /** Sorted sets by score: version (8 bytes), sortable score (8 bytes), member. */
    SCORES("scores"),
    /** Keys with an expiry by time: due milliseconds (8 bytes, big endian), namespace (4 bytes), key. */
    EXPIRES("expires");

    private final String columnFamily;

    Family(String columnFamily) {
        this.columnFamily = columnFamily;
    }

    /** Name of the RocksDB column family. */
    public String columnFamily() {
        return columnFamily;
    }

    /** Id of the RocksDB column family, as it stands in serialised write batches. */
    public int id() {
        return ordinal();
    }
}
