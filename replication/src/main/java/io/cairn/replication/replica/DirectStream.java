package io.cairn.replication.replica;

import io.cairn.engine.stream.StreamApplier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Runs the stream as it comes: memory mode without a log has nowhere to put it.
 *
 * <p><i>Confined to the link thread.</i>
 */
final class DirectStream implements LinkStream {
    private final StreamApplier applier;
    private final LongSupplier wallMillis;
    private final LinkInput input = new LinkInput();

    DirectStream(StreamApplier applier, LongSupplier wallMillis) {
        this.applier = applier;
        this.wallMillis = wallMillis;
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        input.append(bytes);
        applier.apply(input.unread(), wallMillis.getAsLong());
    }

    @Override
    public void settle() {
        // nothing waits
    }

    @Override
    public void close() {
        // what was not complete goes with this object
    }
}
