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

    /** REPLICAOF host port. Returns false if that is the primary already. */
    public boolean follow(String host, int port) {
        ReplicaLink current = link;
        if (current != null && current.host().equals(host) && current.port() == port) {
            return false;
        }
        engine.handle().alone(() -> {
            stopLink();
            engine.follow();
            ReplicaLink next = new ReplicaLink(host, port, context, feeds::dropAll);
            link = next;
            LOG.info(
                    "replica of primary={}:{} id={} offset={}",
                    host,
                    port,
                    engine.identity().id(),
                    engine.offset());
            feeds.dropAll("this node follows another primary");
            next.start();
        });
        return true;
    }

    /** REPLICAOF NO ONE, and the start of a node whose data was a replica's when it last ran. */
    public void promote() {
        engine.handle().alone(() -> {
            boolean wasReplica = engine.isReplica();
            stopLink();
            engine.promote();
            if (wasReplica) {
                feeds.dropAll("this node became a primary");
            }
        });
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
