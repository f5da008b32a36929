package io.cairn.replication.replica;

import io.cairn.engine.Engine;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the streams of a link's connections, one at a time: through the log where there is one.
 *
 * <p><i>Confined to the link thread.</i>
 */
final class LinkStreams {
    private final LinkContext context;
    private @Nullable ByteBuffer recordRoom;

    LinkStreams(LinkContext context) {
        this.context = context;
    }

    /**
     * The stream that goes on where this node's ends.
     *
     * @param isCurrent whether the connection still decides on the keyspace; asked while no role and no keyspace changes
     * @param acknowledge sends an offset to the primary; where there is no log, for the applier asks otherwise
     */
    LinkStream open(BooleanSupplier isCurrent, LongConsumer acknowledge) throws IOException {
        Engine engine = context.engine();
        Wal wal = engine.wal();
        if (wal != null) {
            return new LoggedStream(engine.intake(isCurrent), wal.streamDbAt(wal.end()), room());
        }
        AppliedState applied = engine.keyspace().state();
        StreamApplier.Control control = new StreamApplier.Control() {
            @Override
            public void acknowledgementWanted(long offset) {
                acknowledge.accept(offset);
            }

            @Override
            public boolean isCurrent(long offset) {
                return isCurrent.getAsBoolean();
            }
        };
        return new DirectStream(
                new StreamApplier(context.turn(), context.executor(), control, applied.offset(), applied.streamDb()),
                context.wallMillis());
    }

    private ByteBuffer room() {
        ByteBuffer room = recordRoom;
        if (room == null) {
            room = ByteBuffer.allocateDirect(LoggedStream.RECORD_BYTES);
            recordRoom = room;
        }
        return room;
    }
}
