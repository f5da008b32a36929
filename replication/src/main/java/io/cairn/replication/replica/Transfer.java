package io.cairn.replication.replica;

import io.cairn.engine.Staging;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot on its way from the primary: its announcement, its bytes, and what becomes of it.
 *
 * <p>The figures may be read by any thread.
 *
 * <p><i>Confined to the link thread.</i>
 */
final class Transfer {
    /** What the link does about it; on the link thread, and not after {@link #cancel}. */
    interface Events {
        /** Reads on, or no further for now. */
        void reading(boolean on);

        /** All keys are stored durably; {@code rest} came behind the snapshot. */
        void received(Staging staging, ByteBuffer rest, long keys, long bytes);

        /** It cannot be used. */
        void failed(Exception cause);
    }

    private static final int MARK_BYTES = 40;

    private final LinkContext context;
    private final LogIdentity identity;
    private final long offset;
    private final Events events;
    private final AtomicLong readBytes = new AtomicLong();
    private volatile long totalBytes = -1;
    private @Nullable SnapshotReception reception;
    private boolean cancelled;
    private long leftBytes;

    /** A snapshot of that history at that offset, not announced yet. */
    Transfer(LinkContext context, LogIdentity identity, long offset, Events events) {
        this.context = context;
        this.identity = identity;
        this.offset = offset;
        this.events = events;
    }

    /** Length that was announced, -1 if it is told by a mark at the end. */
    long totalBytes() {
        return totalBytes;
    }

    long readBytes() {
        return readBytes.get();
    }

    /** Whether it was announced, so that its bytes follow. */
    boolean hasBegun() {
        return reception != null;
    }

    /** Whether it has stored all that came. */
    boolean isStarved() {
        SnapshotReception receiving = reception;
        return receiving == null || receiving.isStarved();
    }

    /** Takes the line that announces it. */
    void announced(String line) throws IOException {
        if (!line.startsWith("$")) {
            throw new IOException("primary sends \"" + line + "\" instead of a snapshot");
        }
        byte @Nullable [] mark = null;
        if (line.startsWith("$EOF:")) {
            mark = line.substring(5).getBytes(StandardCharsets.US_ASCII);
            if (mark.length != MARK_BYTES) {
                throw new IOException("primary announces a snapshot with a mark of " + mark.length + " bytes");
            }
            leftBytes = Long.MAX_VALUE;
        } else {
            try {
                leftBytes = Long.parseLong(line.substring(1));
            } catch (NumberFormatException e) {
                throw new IOException("primary sends \"" + line + "\" instead of a snapshot's length", e);
            }
            totalBytes = leftBytes;
        }
        SnapshotReception begun = new SnapshotReception(
                context.engine(),
                identity,
                offset,
                mark,
                context.settings().get().databases(),
                new Outcome());
        reception = begun;
        context.snapshots().execute(begun);
    }

    /** Hands snapshot bytes on; what follows a snapshot of known length is left in the buffer. */
    void receive(ByteBuffer bytes) {
        SnapshotReception receiving = reception;
        if (receiving == null || leftBytes == 0) {
            return;
        }
        int mine = (int) Math.min(bytes.remaining(), leftBytes);
        if (mine > 0) {
            ByteBuffer part = bytes.slice(bytes.position(), mine);
            bytes.position(bytes.position() + mine);
            readBytes.addAndGet(mine);
            if (totalBytes >= 0) {
                leftBytes -= mine;
            }
            if (!receiving.offer(part)) {
                events.reading(false);
            }
        }
        if (leftBytes == 0) {
            receiving.end();
            events.reading(false); // the socket keeps what follows until the keyspace is in place
        }
    }

    /** The connection ended. */
    void cancel() {
        cancelled = true;
        SnapshotReception receiving = reception;
        if (receiving != null) {
            receiving.cancel();
        }
    }

    /** Comes back from the snapshot thread to the link thread. */
    private final class Outcome implements SnapshotReception.Outcome {
        private void onLink(Runnable task, Runnable otherwise) {
            context.connector().execute(() -> {
                if (cancelled) {
                    otherwise.run();
                } else {
                    task.run();
                }
            });
        }

        @Override
        public void hasRoom() {
            onLink(
                    () -> {
                        if (leftBytes > 0) {
                            events.reading(true);
                        }
                    },
                    () -> {});
        }

        @Override
        public void complete(Staging staging, ByteBuffer rest, long keys, long bytes) {
            onLink(() -> events.received(staging, rest, keys, bytes), staging::close);
        }

        @Override
        public void failed(Exception cause) {
            onLink(() -> events.failed(cause), () -> {});
        }
    }
}
