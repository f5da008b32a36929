package io.cairn.replication.primary;

import io.cairn.engine.Engine;
import io.cairn.engine.keyspace.Turn;
import io.cairn.replication.PeerChannel;
import io.cairn.replication.ReplicationSettings;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.LogTruncatedException;
import io.cairn.wal.Pin;
import io.cairn.wal.Subscription;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All replicas of this node: takes them on, wakes them when the log grows, pings them, counts their acknowledgements.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ReplicaFeeds {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFeeds.class);
    private static final byte[] PING = "PING".getBytes(StandardCharsets.US_ASCII);
    private static final byte[][] GETACK = {
        "REPLCONF".getBytes(StandardCharsets.US_ASCII),
        "GETACK".getBytes(StandardCharsets.US_ASCII),
        "*".getBytes(StandardCharsets.US_ASCII)
    };

    private final Engine engine;
    private final Supplier<ReplicationSettings> settings;
    private final Executor snapshots;
    private final LongSupplier wallMillis;
    private final SharedCheckpoints checkpoints;
    private final CopyOnWriteArrayList<ReplicaFeed> feeds = new CopyOnWriteArrayList<>();
    private final AckWaiters waiters = new AckWaiters(this);
    private final LongAdder sentBytes = new LongAdder();
    private final Map<Resync.Reason, LongAdder> decisions = new EnumMap<>(Resync.Reason.class);
    private final Queue<byte[][]> outOfBand = new ConcurrentLinkedQueue<>();
    private final ReentrantLock logging = new ReentrantLock();
    private final Turn turn; // guarded by logging
    private @Nullable Wal watched; // guarded by this
    private @Nullable Subscription subscription; // guarded by this
    private long pingedMillis; // confined to the ticking thread

    /**
     * @param snapshots runs tasks that send snapshots or clean up behind them, each on a thread of its own
     * @param wallMillis wall clock
     */
    public ReplicaFeeds(
            Engine engine, Supplier<ReplicationSettings> settings, Executor snapshots, LongSupplier wallMillis) {
        this.engine = engine;
        this.settings = settings;
        this.snapshots = snapshots;
        this.wallMillis = wallMillis;
        this.checkpoints = new SharedCheckpoints(engine, snapshots);
        this.turn = new Turn(engine.handle(), true);
        for (Resync.Reason reason : Resync.Reason.values()) {
            decisions.put(reason, new LongAdder());
        }
    }

    /** The replicas, in the order in which they came. */
    public List<ReplicaFeed> all() {
        return List.copyOf(feeds);
    }

    /** How often a PSYNC was decided for this reason. */
    public long decisions(Resync.Reason reason) {
        LongAdder count = decisions.get(reason);
        return count == null ? 0 : count.sum();
    }

    /** Log bytes handed to replicas. */
    public long sentBytes() {
        return sentBytes.sum();
    }

    void sent(int bytes) {
        sentBytes.add(bytes);
    }

    /**
     * Takes on a replica that sent PSYNC, or SYNC (id null): on the connection's thread. The feed answers by itself.
     *
     * @param id replication id that it gave, "?" for none, null for SYNC
     * @param offset first byte that it wants, counted from 1
     * @return the feed, to which acknowledgements and the end of the connection are reported; null if it was refused
     */
    public @Nullable ReplicaFeed accept(PeerChannel peer, ReplicaHello hello, @Nullable String id, long offset) {
        Wal wal = engine.wal();
        if (wal == null) {
            peer.send(text("-ERR replication needs the log: this node runs with wal no\r\n"));
            return null;
        }
        watch(wal);
        ReplicaFeed feed = new ReplicaFeed(this, peer, hello, wal, wallMillis.getAsLong());
        LogIdentity identity = engine.identity();
        Resync resync = Resync.decide(id == null ? "?" : id, offset, identity, wal.start(), wal.replicable());
        count(resync, feed, id, offset, identity, wal);
        feeds.add(feed);
        if (!resync.partial() || !continues(feed, resync, identity, wal)) {
            snapshots.execute(() -> fullResync(feed, id != null));
        }
        return feed;
    }

    private void count(
            Resync resync, ReplicaFeed feed, @Nullable String id, long offset, LogIdentity identity, Wal wal) {
        LongAdder counter = decisions.get(resync.reason());
        if (counter != null) {
            counter.increment();
        }
        LOG.info(
                "replica asks to synchronize replica={}:{} decision={} reason={} id={} offset={} own_id={} own_previous={}"
                        + " previous_end={} log_start={} log_end={}",
                feed.host(),
                feed.hello().listeningPort(),
                resync.partial() ? "partial" : "full",
                resync.reason(),
                id,
                offset,
                identity.id(),
                identity.previousId(),
                identity.previousEnd(),
                wal.start(),
                wal.end());
    }

    /** False if retention took the position a moment ago. */
    private boolean continues(ReplicaFeed feed, Resync resync, LogIdentity identity, Wal wal) {
        String name = "replica " + feed.host() + ":" + feed.hello().listeningPort();
        try {
            Pin pin = wal.pin(name, resync.position());
            feed.goOnFrom(
                    resync.position(),
                    pin,
                    feed.hello().psync2() ? "+CONTINUE " + identity.id() + "\r\n" : "+CONTINUE\r\n");
            return true;
        } catch (LogTruncatedException e) {
            return false;
        } catch (IOException e) {
            feed.drop("log cannot be read: " + e.getMessage());
            return true;
        }
    }

    private void fullResync(ReplicaFeed feed, boolean tell) {
        SharedCheckpoints.@Nullable Lease lease = null;
        PeerChannel peer = feed.peer();
        try {
            SharedCheckpoints.Lease acquired = checkpoints.acquire();
            lease = acquired;
            ReplicationSettings now = settings.get();
            SnapshotSender sender =
                    new SnapshotSender(peer, now.timeoutMillis(), feed.hello().fieldExpiry());
            boolean withMark = feed.hello().eof() && now.diskless() && tell;
            onPeerThread(feed, () -> {
                if (!feed.begin(acquired, sender, tell)) {
                    acquired.close();
                    sender.cancel();
                }
            });
            long startedMillis = wallMillis.getAsLong();
            var header = SnapshotSender.header(acquired.checkpoint(), startedMillis);
            if (withMark) {
                sender.sendUntilMark(
                        acquired.checkpoint(), engine.options().newId().get(), header);
            } else {
                sender.sendWithLength(acquired.checkpoint(), engine.options().directory(), header);
            }
            LOG.info(
                    "snapshot sent replica={}:{} keys={} bytes={} millis={}",
                    feed.host(),
                    feed.hello().listeningPort(),
                    acquired.checkpoint().keys(),
                    sender.sentBytes(),
                    wallMillis.getAsLong() - startedMillis);
            onPeerThread(feed, () -> feed.sent(withMark));
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "snapshot could not be sent replica={}:{} reason=\"{}\"",
                    feed.host(),
                    feed.hello().listeningPort(),
                    e.toString());
            SharedCheckpoints.Lease unused = lease;
            peer.execute(() -> {
                feed.drop("snapshot could not be sent");
                if (unused != null) {
                    unused.close();
                }
            });
        }
    }

    private interface PeerTask {
        void run() throws IOException;
    }

    private static void onPeerThread(ReplicaFeed feed, PeerTask task) {
        feed.peer().execute(() -> {
            try {
                task.run();
            } catch (IOException e) {
                feed.drop("log cannot be read: " + e.getMessage());
            }
        });
    }

    void remove(ReplicaFeed feed) {
        feeds.remove(feed);
        waiters.check();
    }

    /** Ends all feeds: the history they follow changed, or the log they read is about to be closed. */
    public void dropAll(String reason) {
        for (ReplicaFeed feed : feeds) {
            feed.peer().execute(() -> feed.drop(reason));
        }
    }

    private synchronized void watch(Wal wal) {
        if (watched != wal) {
            Subscription old = subscription;
            if (old != null) {
                old.close();
            }
            subscription = wal.onAppend(this::wakeAll);
            wal.onDurable(position -> wakeAll());
            watched = wal;
        }
    }

    private void wakeAll() {
        for (ReplicaFeed feed : feeds) {
            feed.wake();
        }
    }

    // ---- acknowledgements

    void acknowledged() {
        waiters.check();
    }

    /** Number of replicas online that have acknowledged {@code offset}. */
    public int acknowledged(long offset) {
        int count = 0;
        for (ReplicaFeed feed : feeds) {
            if (feed.state() == ReplicaFeed.State.ONLINE && feed.hasAcknowledged(offset)) {
                count++;
            }
        }
        return count;
    }

    /** Number of replicas online that were heard within {@code lagMillis}. */
    public int good(long lagMillis) {
        long now = wallMillis.getAsLong();
        int count = 0;
        for (ReplicaFeed feed : feeds) {
            if (feed.state() == ReplicaFeed.State.ONLINE && now - feed.heardMillis() <= lagMillis) {
                count++;
            }
        }
        return count;
    }

    /** Waits without a thread until enough replicas have acknowledged; see {@link AckWaiters}. */
    public AckWaiters waiters() {
        return waiters;
    }

    /** Asks all replicas to acknowledge, through the stream. */
    public void requestAcknowledgements() {
        log(GETACK);
    }

    /** Time passes. */
    public void tick() {
        long now = wallMillis.getAsLong();
        ReplicationSettings current = settings.get();
        for (ReplicaFeed feed : feeds) {
            feed.peer().execute(() -> feed.tick(now, current.timeoutMillis(), current.replicaLogBytesMax()));
        }
        waiters.tick(now);
        ping(now, current.pingPeriodMillis());
    }

    private void ping(long now, long periodMillis) {
        if (now - pingedMillis >= periodMillis && !engine.isReplica() && !feeds.isEmpty()) {
            pingedMillis = now;
            log(PING);
        }
    }

    /** Puts a command into the stream that concerns replicas only; a replica never adds to its primary's stream. */
    private void log(byte[]... command) {
        List<ReplicaFeed> online = new ArrayList<>(feeds);
        online.removeIf(feed -> feed.state() != ReplicaFeed.State.ONLINE);
        if (online.isEmpty()) {
            return;
        }
        outOfBand.add(command);
        // No waiting: this may be an event loop in a turn of its own, whose end the lock's holder may be waiting for.
        // That one takes the command along then.
        while (!outOfBand.isEmpty() && logging.tryLock()) {
            try {
                logOutOfBand();
            } finally {
                logging.unlock();
            }
        }
    }

    private void logOutOfBand() {
        turn.begin(wallMillis.getAsLong());
        try {
            boolean mayLog = engine.handle().primary() && engine.handle().writeError() == null;
            for (byte[][] next = outOfBand.poll(); next != null; next = outOfBand.poll()) {
                if (mayLog) {
                    turn.logOutOfBand(next);
                }
            }
            turn.commit();
        } finally {
            turn.abandon();
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
