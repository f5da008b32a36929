package io.cairn.replication.primary;

import io.cairn.engine.Checkpoint;
import io.cairn.replication.PeerChannel;
import io.cairn.wal.Pin;
import io.cairn.wal.ReadLimit;
import io.cairn.wal.Region;
import io.cairn.wal.Wal;
import io.cairn.wal.WalReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica that this node feeds.
 *
 * <pre>
 *   from            on                              to
 *   WAIT_SNAPSHOT   checkpoint made                 SEND_SNAPSHOT
 *   SEND_SNAPSHOT   sent, with mark                 WAIT_ACK        (commands behind a mark would hide it)
 *   SEND_SNAPSHOT   sent, with length               ONLINE
 *   WAIT_ACK        REPLCONF ACK                    ONLINE
 *   (new)           partial resynchronization       ONLINE
 *   any             closed, timeout, dropped        CLOSED
 * </pre>
 *
 * Online it holds a position in the log and sends file regions from there while the connection takes them; it keeps no
 * bytes. A slow replica costs a pin on the log, nothing else.
 *
 * <p>What is said to be readable by all may be read by any thread.
 *
 * <p><i>Confined to the connection's thread.</i>
 */
public final class ReplicaFeed {
    /** States, in the order of life. */
    public enum State {
        WAIT_SNAPSHOT("wait_bgsave"),
        SEND_SNAPSHOT("send_bulk"),
        WAIT_ACK("send_bulk"),
        ONLINE("online"),
        CLOSED("closed");

        private final String infoName;

        State(String infoName) {
            this.infoName = infoName;
        }

        /** Name in INFO. */
        public String infoName() {
            return infoName;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFeed.class);
    private static final int REGION_BYTES = 512 << 10;
    private static final long KEEPALIVE_MILLIS = 1000;

    private final ReplicaFeeds feeds;
    private final PeerChannel peer;
    private final ReplicaHello hello;
    private final Wal wal;
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private volatile State state = State.WAIT_SNAPSHOT;
    private volatile long acknowledged;
    private volatile boolean hasSpoken; // what it acknowledged is its own word, not where its snapshot ends
    private volatile long heardMillis;
    private volatile long sentPosition;
    private volatile @Nullable SnapshotSender sender;
    private volatile @Nullable Pin pin;
    private SharedCheckpoints.@Nullable Lease lease;
    private @Nullable WalReader reader;
    private boolean toldResync;
    private long keepaliveMillis;

    ReplicaFeed(ReplicaFeeds feeds, PeerChannel peer, ReplicaHello hello, Wal wal, long nowMillis) {
        this.feeds = feeds;
        this.peer = peer;
        this.hello = hello;
        this.wal = wal;
        this.heardMillis = nowMillis;
        this.keepaliveMillis = nowMillis;
    }

    // ---- readable by all threads

    /** State. */
    public State state() {
        return state;
    }

    /** Offset that the replica has acknowledged. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Whether the replica has said that it has everything up to there; a snapshot that it was sent it may yet refuse. */
    boolean hasAcknowledged(long offset) {
        return hasSpoken && acknowledged >= offset;
    }

    /** Wall clock of the last word from the replica. */
    public long heardMillis() {
        return heardMillis;
    }

    /** Position up to which the log was handed to the connection. */
    public long sentPosition() {
        return sentPosition;
    }

    /** What the replica said of itself. */
    public ReplicaHello hello() {
        return hello;
    }

    /** Address by which clients know the replica. */
    public String host() {
        String announced = hello.ip();
        return announced == null ? peer.remoteHost() : announced;
    }

    PeerChannel peer() {
        return peer;
    }

    // ---- partial

    void goOnFrom(long position, Pin held, String reply) throws IOException {
        pin = held;
        acknowledged = position;
        hasSpoken = true;
        peer.send(text(reply));
        goOnline(position);
    }

    private void goOnline(long position) throws IOException {
        WalReader opened = wal.reader(position, ReadLimit.REPLICABLE);
        reader = opened;
        sentPosition = position;
        state(State.ONLINE, "position=" + position);
        pump();
    }

    // ---- full

    /** The checkpoint is there: on the connection's thread. False if the connection ended meanwhile. */
    boolean begin(SharedCheckpoints.Lease held, SnapshotSender withSender, boolean tell) throws IOException {
        if (state == State.CLOSED) {
            return false;
        }
        Checkpoint checkpoint = held.checkpoint();
        long offset = checkpoint.state().offset();
        lease = held;
        pin = wal.pin("replica " + host() + ":" + hello.listeningPort(), offset);
        sender = withSender;
        acknowledged = offset;
        toldResync = true;
        if (tell) {
            peer.send(text("+FULLRESYNC " + checkpoint.state().identity().id() + " " + offset + "\r\n"));
        }
        state(State.SEND_SNAPSHOT, "offset=" + offset);
        return true;
    }

    /** The snapshot is sent: on the connection's thread. */
    void sent(boolean withMark) throws IOException {
        sender = null;
        SharedCheckpoints.Lease held = lease;
        lease = null;
        if (held == null || state == State.CLOSED) {
            return;
        }
        long offset = held.checkpoint().state().offset();
        held.close();
        sentPosition = offset;
        if (hello.rdbOnly()) {
            state(State.WAIT_ACK, "the snapshot is all that was asked for");
        } else if (withMark) {
            state(State.WAIT_ACK, "offset=" + offset);
        } else {
            goOnline(offset);
        }
    }

    // ---- online

    /** {@code REPLCONF ACK offset}. */
    public void onAck(long offset, long nowMillis) {
        heardMillis = nowMillis;
        hasSpoken = true;
        if (offset > acknowledged) {
            acknowledged = offset;
            Pin held = pin;
            if (held != null) {
                held.advance(Math.min(offset, sentPosition));
            }
        }
        if (state == State.WAIT_ACK && !hello.rdbOnly()) {
            try {
                goOnline(sentPosition);
            } catch (IOException e) {
                drop("log cannot be read: " + e.getMessage());
            }
        }
        feeds.acknowledged();
    }

    /** A bare line feed: the replica is busy, and alive. */
    public void onKeepalive(long nowMillis) {
        heardMillis = nowMillis;
    }

    /** The connection takes more. */
    public void onWritable() {
        SnapshotSender sending = sender;
        if (sending != null) {
            sending.writable();
        } else {
            pump();
        }
    }

    /** The connection ended. */
    public void onClosed() {
        close("connection closed");
    }

    /** The log grew: any thread. */
    void wake() {
        if (state == State.ONLINE && wakePending.compareAndSet(false, true)) {
            peer.execute(() -> {
                wakePending.set(false);
                pump();
            });
        }
    }

    private void pump() {
        WalReader from = reader;
        if (from == null) {
            return;
        }
        try {
            while (peer.isWritable()) {
                Region region = from.next(REGION_BYTES);
                if (region == null) {
                    return;
                }
                sentPosition = region.position() + region.length();
                feeds.sent(region.length());
                peer.send(region);
            }
        } catch (IOException e) {
            drop("log cannot be read: " + e.getMessage());
        }
    }

    /** Time passes: keepalives before a snapshot, timeouts, the bound on what is kept. */
    void tick(long nowMillis, long timeoutMillis, long logBytesMax) {
        if (isSilent() && nowMillis - keepaliveMillis >= KEEPALIVE_MILLIS) {
            keepaliveMillis = nowMillis;
            peer.send(text("\n"));
        }
        boolean expectsWord = state == State.ONLINE || state == State.WAIT_ACK;
        if (expectsWord && nowMillis - heardMillis > timeoutMillis) {
            drop("no acknowledgement for " + timeoutMillis + " ms");
        } else if (state == State.SEND_SNAPSHOT) {
            heardMillis = nowMillis; // the sender has its own limit on silence
        }
        Pin held = pin;
        if (held != null && state == State.ONLINE && wal.end() - held.position() > logBytesMax) {
            drop("it is " + (wal.end() - held.position()) + " bytes behind, more than repl-log-bytes-max");
        }
    }

    /** Whether the replica sees nothing come: the checkpoint, or the file that gives the snapshot's length, is being made. */
    private boolean isSilent() {
        SnapshotSender sending = sender;
        return state == State.WAIT_SNAPSHOT
                ? !toldResync
                : state == State.SEND_SNAPSHOT && sending != null && !sending.hasBegun();
    }

    /** Ends the feed, for a reason worth a line in the log. */
    void drop(String reason) {
        close(reason);
        peer.close();
    }

    private void close(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state(State.CLOSED, reason);
        SnapshotSender sending = sender;
        if (sending != null) {
            sending.cancel();
        }
        SharedCheckpoints.Lease held = lease;
        lease = null;
        if (held != null) {
            held.close();
        }
        Pin pinned = pin;
        pin = null;
        if (pinned != null) {
            pinned.close();
        }
        WalReader from = reader;
        reader = null;
        if (from != null) {
            try {
                from.close();
            } catch (IOException e) {
                LOG.warn("log reader of a replica could not be closed replica={}:{}", host(), hello.listeningPort(), e);
            }
        }
        feeds.remove(this);
    }

    private void state(State next, String reason) {
        LOG.info(
                "replica {} -> {} replica={}:{} acknowledged={} reason=\"{}\"",
                state,
                next,
                host(),
                hello.listeningPort(),
                acknowledged,
                reason);
        state = next;
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
