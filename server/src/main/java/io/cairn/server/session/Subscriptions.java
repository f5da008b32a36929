package io.cairn.server.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a session is subscribed to.
 *
 * <p>Other threads may read the counts.
 *
 * <p><i>Confined to the thread that runs the session's commands.</i>
 */
public final class Subscriptions {
    private final Set<Topic> topics = new LinkedHashSet<>(4);
    private volatile int channels;
    private volatile int patterns;
    private volatile int shards;

    Subscriptions() {}

    /** Adds a topic; false if it was there. */
    public boolean add(Topic topic) {
        return topics.add(topic) && count(topic.kind(), 1);
    }

    /** Removes a topic; false if it was not there. */
    public boolean remove(Topic topic) {
        return topics.remove(topic) && count(topic.kind(), -1);
    }

    /** Whether the topic is one of them. */
    public boolean contains(Topic topic) {
        return topics.contains(topic);
    }

    /** All topics of a kind. */
    public List<Topic> all(Topic.Kind kind) {
        List<Topic> all = new ArrayList<>();
        for (Topic topic : topics) {
            if (topic.kind() == kind) {
                all.add(topic);
            }
        }
        return all;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer; volatile for those who read
    private boolean count(Topic.Kind kind, int more) {
        switch (kind) {
            case CHANNEL -> channels += more;
            case PATTERN -> patterns += more;
            case SHARD -> shards += more;
        }
        return true;
    }

    /** Number of topics of a kind. */
    public int count(Topic.Kind kind) {
        return switch (kind) {
            case CHANNEL -> channels;
            case PATTERN -> patterns;
            case SHARD -> shards;
        };
    }

    /** Whether there is any. */
    public boolean any() {
        return channels + patterns + shards > 0;
    }
}
