package io.cairn.server.command.pubsub;

import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.MAY_REPLICATE;
import static io.cairn.server.command.Flag.PUBSUB;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.pubsub.Broker;
import io.cairn.server.pubsub.Message;
import io.cairn.server.session.Topic;
import java.util.List;

/**
 * PUBLISH and SPUBLISH: a message is delivered when the turn is committed, and is in the log for the replicas, whose
 * subscribers get it when they apply it.
 *
 * <p><i>Thread-safe.</i>
 */
public final class PublishCommands {
    private final Broker broker;

    /** Publishes to the broker's subscribers. */
    public PublishCommands(Broker broker) {
        this.broker = broker;
    }

    /** The declarations. */
    public List<Command> commands() {
        return List.of(
                Command.of("publish", 3, call -> publish(call, Topic.Kind.CHANNEL))
                        .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                        .group("pubsub")
                        .since("2.0.0")
                        .summary("Posts a message to a channel.")
                        .complexity("O(N+M) where N is the number of clients subscribed to the receiving channel and M"
                                + " is the total number of subscribed patterns (by any client).")
                        .build(),
                Command.of("spublish", 3, call -> publish(call, Topic.Kind.SHARD))
                        .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                        .keys(KeySpec.one(1, KeySpec.Access.NOT_KEY))
                        .group("pubsub")
                        .since("7.0.0")
                        .summary("Posts a message to a shard channel.")
                        .complexity("O(N) where N is the number of clients subscribed to the receiving shard channel.")
                        .build());
    }

    private Reply publish(Call call, Topic.Kind kind) {
        Topic to = new Topic(kind, call.arg(1));
        call.turn().events().announce(new Message(to, call.arg(2)));
        if (call.turn().mayWrite()) {
            call.changed();
        }
        return Reply.integer(call.caller() == null ? 0 : broker.receivers(to));
    }
}
