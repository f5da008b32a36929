package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Receives the records of a log in order.
 *
 * <p><i>Confined to the replaying thread.</i>
 */
@FunctionalInterface
public interface RecordVisitor {
    /**
     * Takes the next record.
     *
     * @param start position before the record's first byte
     * @param bytes the record, backed by an array and valid during the call only
     * @param streamDb database current in the stream after the record
     * @param millis wall clock of the record
     */
    void visit(long start, ByteBuffer bytes, int streamDb, long millis) throws IOException;
}
