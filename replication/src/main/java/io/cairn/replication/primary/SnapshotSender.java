package io.cairn.replication.primary;

import io.cairn.engine.Checkpoint;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.replication.PeerChannel;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbOrigin;
import io.cairn.snapshot.rdb.RdbOutput;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import io.cairn.snapshot.rdb.RdbWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a checkpoint as an RDB stream to a replica, no faster than the replica takes it.
 *
 * <pre>
 *   with capa eof:   "$EOF:" mark(40) CRLF  rdb  mark(40)
 *   else:            "$" length CRLF  rdb                       written to a file first, for its length
 * </pre>
 *
 * <p><i>Confined to a snapshot thread</i>, but for {@link #writable} and {@link #cancel}.
 */
final class SnapshotSender implements RdbOutput {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);
    private static final int COPY_BYTES = 256 << 10;

    private final RdbWriteOptions options;
    private final PeerChannel peer;
    private final long timeoutMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean room = true; // guarded by lock
    private boolean cancelled; // guarded by lock
    private long sentBytes;
    private boolean begun; // confined to the connection's thread

    SnapshotSender(PeerChannel peer, long timeoutMillis, boolean fieldExpiry) {
        this.options = RdbWriteOptions.STREAM.withFieldExpiry(fieldExpiry);
        this.peer = peer;
        this.timeoutMillis = timeoutMillis;
    }

    long sentBytes() {
        return sentBytes;
    }

    void sendUntilMark(Checkpoint checkpoint, String mark, RdbHeader header) throws IOException {
        write(text("$EOF:" + mark + "\r\n"));
        drain(checkpoint, header, this);
        write(text(mark));
    }

    void sendWithLength(Checkpoint checkpoint, Path directory, RdbHeader header) throws IOException {
        Path file = Files.createTempFile(directory, "temp-repl-", ".rdb");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            drain(checkpoint, header, RdbOutput.to(channel));
            write(text("$" + channel.size() + "\r\n"));
            ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
            for (long at = 0; at < channel.size(); ) {
                buffer.clear();
                int read = channel.read(buffer, at);
                if (read < 0) {
                    throw new IOException("snapshot file " + file + " became shorter while it was sent");
                }
                at += read;
                write(buffer.flip());
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    static RdbHeader header(Checkpoint checkpoint, long wallMillis) {
        AppliedState state = checkpoint.state();
        return new RdbHeader(
                wallMillis / 1000,
                Runtime.getRuntime().totalMemory(),
                new RdbOrigin(state.identity().id(), state.offset(), state.streamDb()));
    }

    private void drain(Checkpoint checkpoint, RdbHeader header, RdbOutput output) throws IOException {
        RdbWriter writer = new RdbWriter(output, options);
        writer.header(header);
        AppliedState state = checkpoint.state();
        checkpoint.drainLibraries(writer);
        for (int db = 0; db < state.databases(); db++) {
            if (state.keys(db) > 0) {
                writer.database(db, state.keys(db), state.expires(db));
                checkpoint.drain(db, writer);
            }
        }
        writer.finish();
        if (writer.untimedHashes() > 0) {
            LOG.warn(
                    "replica loads no expiry of hash fields, it gets these hashes without; it deletes what this node"
                            + " deletes hashes={}",
                    writer.untimedHashes());
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Hands bytes to the connection's thread, waiting while enough are on their way. */
    @Override
    public void write(ByteBuffer bytes) throws IOException {
        awaitRoom();
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
        sentBytes += bytes.remaining();
        copy.put(bytes).flip();
        lock.lock();
        try {
            room = false;
        } finally {
            lock.unlock();
        }
        peer.execute(() -> {
            begun = true;
            peer.send(copy);
            if (peer.isWritable()) {
                writable();
            }
        });
    }

    private void awaitRoom() throws IOException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (!room && !cancelled) {
                if (left <= 0) {
                    throw new IOException("the replica took nothing for " + timeoutMillis + " ms");
                }
                left = changed.awaitNanos(left);
            }
            if (cancelled) {
                throw new IOException("the connection to the replica was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a snapshot was sent", e);
        } finally {
            lock.unlock();
        }
    }

    /** Says that the connection takes more; on the connection's thread. */
    void writable() {
        lock.lock();
        try {
            room = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the first bytes went out: nothing may stand between those that follow; on the connection's thread. */
    boolean hasBegun() {
        return begun;
    }

    /** Makes the sender end with an exception; any thread. */
    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
