package io.cairn.replication.replica;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a link does with the stream of one connection, from the moment that it is in step.
 *
 * <p><i>Confined to the link thread.</i>
 */
interface LinkStream {
    /**
     * Takes all of the bytes.
     *
     * @throws io.cairn.engine.stream.StreamEndedException if the stream is not wanted any more
     * @throws io.cairn.engine.stream.StreamFormatException if they are no commands; what precedes is kept
     */
    void take(ByteBuffer bytes) throws IOException;

    /** No more has arrived for now. */
    void settle();

    /** The connection ended: forgets the unit under way. */
    void close();
}
