package io.cairn.replication;

import io.cairn.engine.Engine;
import io.cairn.replication.primary.ReplicaFeed;
import io.cairn.replication.primary.ReplicaFeeds;
import io.cairn.replication.primary.ReplicaHello;
import io.cairn.replication.replica.LinkContext;
import io.cairn.replication.replica.LinkState;
import io.cairn.replication.replica.ReplicaLink;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's replication, in both roles at once: it feeds its replicas, and follows a primary if one is set.
 *
 * <p>A change of role happens while no turn is under way, so that no command sees half of it. It may be called from
 * within an exclusive turn (REPLICAOF in a transaction), not from within a shared one.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Replication {
    private static final Logger LOG = LoggerFactory.getLogger(Replication.class);

    private final Engine engine;
    private final ReplicaFeeds feeds;
    private final LinkContext context;
    private volatile @Nullable ReplicaLink link;

    /** Replication of an engine; it is a primary until {@link #follow} says otherwise. */
    public Replication(Engine engine, ReplicaFeeds feeds, LinkContext context) {
        this.engine = engine;
        this.feeds = feeds;
        this.context = context;
    }

    /** The replicas of this node. */
    public ReplicaFeeds feeds() {
        return feeds;
    }

    /** The link to this node's primary, or null if it is a primary itself. */
    public @Nullable ReplicaLink link() {
        return link;
    }

    /** Whether this node is a replica whose link is not up: it can feed nobody anew. */
    public boolean isLinkDown() {
        ReplicaLink current = link;
        return current != null && current.state() != LinkState.CONNECTED;
    }

    /**
     * REPLICAOF host port. Returns false if that is the primary already. After the stream was found to hold what cannot be
     * run here, everything is asked for anew.
     */
    public boolean follow(String host, int port) {
        ReplicaLink current = link;
        boolean anew = engine.applier().stopped() != null;
        if (!anew && current != null && current.isTo(host, port)) {
            return false;
        }
        begin(host, port, anew);
        return true;
    }

    /** Follows a primary as before the last stop of this process: where the stream could not be run it still cannot. */
    public void resume(String host, int port) {
        begin(host, port, false);
    }

    private void begin(String host, int port, boolean anew) {
        engine.handle().alone(() -> {
            stopLink();
            engine.follow();
            ReplicaLink next = new ReplicaLink(host, port, anew, context, feeds::dropAll);
            link = next;
            LOG.info(
                    "replica of primary={}:{} id={} offset={} applied={}",
                    host,
                    port,
                    engine.identity().id(),
                    engine.offset(),
                    engine.applied());
            feeds.dropAll("this node follows another primary");
            feeds.waiters().abandon();
            next.start();
        });
    }

    /** REPLICAOF NO ONE, and the start of a node whose data was a replica's when it last ran. */
    public void promote() {
        if (!engine.handle().isAlone()) {
            settle();
        }
        engine.handle().alone(() -> {
            boolean wasReplica = engine.isReplica();
            stopLink();
            engine.promote();
            if (wasReplica) {
                feeds.dropAll("this node became a primary");
            }
        });
    }

    /**
     * Ends the link and waits until what it has logged is applied, so that {@link #promote} need not do that while all
     * others wait.
     */
    public void settle() {
        ReplicaLink current = link;
        if (current != null) {
            current.stop();
        }
        engine.applier().awaitApplied();
    }

    private void stopLink() {
        ReplicaLink current = link;
        link = null;
        if (current != null) {
            current.stop();
        }
    }

    /** Takes on a replica; see {@link ReplicaFeeds#accept}. The caller has refused it while {@link #isLinkDown}. */
    public @Nullable ReplicaFeed accept(PeerChannel peer, ReplicaHello hello, @Nullable String id, long offset) {
        return feeds.accept(peer, hello, id, offset);
    }

    /** Time passes: call ten times a second or so. */
    public void tick() {
        feeds.tick();
        ReplicaLink current = link;
        if (current != null) {
            context.connector().execute(current::tick);
        }
    }

    /** Ends the link and all feeds. */
    public void close() {
        engine.handle().alone(this::stopLink);
        feeds.dropAll("this node shuts down");
    }
}
