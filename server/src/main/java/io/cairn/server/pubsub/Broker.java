package io.cairn.server.pubsub;

import io.cairn.engine.keyspace.Announcement;
import io.cairn.engine.keyspace.Announcements;
import io.cairn.engine.keyspace.KeyEvent;
import io.cairn.server.command.Glob;
import io.cairn.server.command.Reply;
import io.cairn.server.config.EventClasses;
import io.cairn.server.session.Letter;
import io.cairn.server.session.Session;
import io.cairn.server.session.Subscriptions;
import io.cairn.server.session.Topic;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows who is subscribed to what, and hands over what committed turns tell.
 *
 * <p>Letters are handed over under one lock, so all subscribers get the same messages in the same order, and before the
 * turn's stripes are released, so events of a key come in the order of its changes. A session is in here with exactly
 * the topics of its own {@link Subscriptions}.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Broker implements Announcements {
    private static final Reply MESSAGE = Reply.bulk("message");
    private static final Reply PATTERN_MESSAGE = Reply.bulk("pmessage");
    private static final Reply SHARD_MESSAGE = Reply.bulk("smessage");

    private record Audience(Topic topic, Glob pattern, Set<Session> sessions) {}

    private final Object lock = new Object();
    private final Map<Topic, Audience> named = new LinkedHashMap<>();
    private final Map<Topic, Audience> patterns = new LinkedHashMap<>();
    private volatile int topics; // of any kind
    private volatile EventClasses events = new EventClasses(0, false, false);

    /** Nobody is subscribed. */
    public Broker() {}

    // ---- subscribers

    /** Subscribes a session; from when this returns it gets what is published. False if it was subscribed. */
    public boolean subscribe(Session session, Topic topic) {
        if (!session.subscriptions().add(topic)) {
            return false;
        }
        synchronized (lock) {
            audiences(topic.kind())
                    .computeIfAbsent(topic, t -> new Audience(t, new Glob(t.name()), new LinkedHashSet<>()))
                    .sessions()
                    .add(session);
            topics = named.size() + patterns.size();
        }
        classify(session);
        return true;
    }

    /** Ends a subscription; false if there was none. */
    public boolean unsubscribe(Session session, Topic topic) {
        if (!session.subscriptions().remove(topic)) {
            return false;
        }
        synchronized (lock) {
            Map<Topic, Audience> audiences = audiences(topic.kind());
            Audience audience = audiences.get(topic);
            if (audience != null
                    && audience.sessions().remove(session)
                    && audience.sessions().isEmpty()) {
                audiences.remove(topic);
            }
            topics = named.size() + patterns.size();
        }
        classify(session);
        return true;
    }

    /** Ends all subscriptions of a session. */
    public void forget(Session session) {
        if (session.subscriptions().any()) {
            for (Topic.Kind kind : Topic.Kind.values()) {
                session.subscriptions().all(kind).forEach(topic -> unsubscribe(session, topic));
            }
        }
    }

    private static void classify(Session session) {
        boolean any = session.subscriptions().any();
        if (any && session.kind() == Session.Kind.NORMAL) {
            session.kind(Session.Kind.PUBSUB);
        } else if (!any && session.kind() == Session.Kind.PUBSUB) {
            session.kind(Session.Kind.NORMAL);
        }
    }

    private Map<Topic, Audience> audiences(Topic.Kind kind) {
        return kind == Topic.Kind.PATTERN ? patterns : named;
    }

    // ---- what there is

    /** Names of topics of a kind that somebody is subscribed to. */
    public List<byte[]> names(Topic.Kind kind) {
        synchronized (lock) {
            List<byte[]> names = new ArrayList<>();
            for (Topic topic : audiences(kind).keySet()) {
                if (topic.kind() == kind) {
                    names.add(topic.name());
                }
            }
            return names;
        }
    }

    /** Number of topics of a kind that somebody is subscribed to. */
    public int count(Topic.Kind kind) {
        return kind == Topic.Kind.PATTERN && topics == 0 ? 0 : names(kind).size();
    }

    /** Number of sessions that are subscribed to the topic itself. */
    public int subscribers(Topic topic) {
        synchronized (lock) {
            Audience audience = audiences(topic.kind()).get(topic);
            return audience == null ? 0 : audience.sessions().size();
        }
    }

    /** How often a message to a channel would be delivered, subscriptions to patterns included. */
    public int receivers(Topic channel) {
        if (topics == 0) {
            return 0;
        }
        synchronized (lock) {
            int count = subscribers(channel);
            if (channel.kind() == Topic.Kind.CHANNEL) {
                for (Audience audience : patterns.values()) {
                    count += audience.pattern().matches(channel.name())
                            ? audience.sessions().size()
                            : 0;
                }
            }
            return count;
        }
    }

    // ---- delivery

    /** Says which key events are published. */
    public void events(EventClasses next) {
        events = next;
    }

    @Override
    public void announce(List<Announcement> all, long offset) {
        if (topics == 0) {
            return;
        }
        synchronized (lock) {
            for (int i = 0; i < all.size(); i++) {
                Announcement next = all.get(i);
                if (next instanceof Message message) {
                    deliver(message.to(), message.text(), offset);
                } else if (next instanceof KeyEvent event) {
                    deliver(event, offset);
                }
            }
        }
    }

    private void deliver(KeyEvent event, long offset) {
        EventClasses wanted = events;
        byte[] name = event.name().getBytes(StandardCharsets.US_ASCII);
        if (wanted.byKey()) {
            deliver(channel("__keyspace@", event.db(), event.key()), name, offset);
        }
        if (wanted.byEvent()) {
            deliver(channel("__keyevent@", event.db(), name), event.key(), offset);
        }
    }

    private static Topic channel(String prefix, int db, byte[] rest) {
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        name.writeBytes((prefix + db + "__:").getBytes(StandardCharsets.US_ASCII));
        name.writeBytes(rest);
        return new Topic(Topic.Kind.CHANNEL, name.toByteArray());
    }

    private void deliver(Topic channel, byte[] text, long offset) {
        Audience audience = named.get(channel);
        if (audience != null) {
            Reply kind = channel.kind() == Topic.Kind.SHARD ? SHARD_MESSAGE : MESSAGE;
            send(audience, List.of(kind, Reply.bulk(channel.name()), Reply.bulk(text)), offset);
        }
        if (channel.kind() != Topic.Kind.CHANNEL) {
            return;
        }
        for (Audience each : patterns.values()) {
            if (each.pattern().matches(channel.name())) {
                Reply pattern = Reply.bulk(each.topic().name());
                send(each, List.of(PATTERN_MESSAGE, pattern, Reply.bulk(channel.name()), Reply.bulk(text)), offset);
            }
        }
    }

    private static void send(Audience audience, List<Reply> text, long offset) {
        Letter letter = new Letter(audience.topic(), new Reply.Push(text));
        for (Session session : audience.sessions()) {
            session.wire().deliver(letter, offset);
        }
    }
}
