package io.cairn.wal;

/**
 * One segment as it was when asked for.
 *
 * <p><i>Immutable.</i>
 *
 * @param start position before its first byte
 * @param end position after its last byte
 * @param records number of records
 * @param lastMillis wall clock of its last record
 * @param sealed whether it is complete and proven durable
 */
public record SegmentInfo(long start, long end, long records, long lastMillis, boolean sealed) {
    /** Its length. */
    public long bytes() {
        return end - start;
    }
}
