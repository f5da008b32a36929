package io.cairn.server.command.pubsub;

import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.PUBSUB;
import static io.cairn.server.command.Flag.STALE;
import static io.cairn.server.command.Flag.WHOLE_KEYSPACE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Glob;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.pubsub.Broker;
import io.cairn.server.session.Session;
import io.cairn.server.session.Topic;
import java.util.ArrayList;
import java.util.List;

/**
 * SUBSCRIBE, UNSUBSCRIBE and their kin for patterns and shard channels, and PUBSUB.
 *
 * <p>What precedes in the turn is committed before a subscription begins or ends, so that what was published before is
 * not part of it.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SubscriptionCommands {
    private static final String[] HELP = {
        "CHANNELS [<pattern>]",
        "    Return the channels that have subscribers and match <pattern> (default: '*').",
        "NUMPAT",
        "    Return the number of patterns that have subscribers.",
        "NUMSUB [<channel> ...]",
        "    Return the number of subscribers of each channel, those of patterns not counted.",
        "SHARDCHANNELS [<pattern>]",
        "    Return the shard channels that have subscribers and match <pattern> (default: '*').",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Return the number of subscribers of each shard channel.",
    };

    private final Broker broker;

    /** Subscribes to the broker's messages. */
    public SubscriptionCommands(Broker broker) {
        this.broker = broker;
    }

    /** The declarations. */
    public List<Command> commands() {
        return List.of(
                on("subscribe", -2, Topic.Kind.CHANNEL, "2.0.0")
                        .summary("Listens for messages published to channels.")
                        .complexity("O(N) where N is the number of channels to subscribe to.")
                        .build(),
                off("unsubscribe", Topic.Kind.CHANNEL, "2.0.0")
                        .summary("Stops listening to channels, or to all.")
                        .complexity("O(N) where N is the number of clients already subscribed to a channel.")
                        .build(),
                on("psubscribe", -2, Topic.Kind.PATTERN, "2.0.0")
                        .summary("Listens for messages published to channels that match patterns.")
                        .complexity("O(N) where N is the number of patterns the client is already subscribed to.")
                        .build(),
                off("punsubscribe", Topic.Kind.PATTERN, "2.0.0")
                        .summary("Stops listening to patterns, or to all.")
                        .complexity("O(N+M) where N is the number of patterns the client is already subscribed and M is"
                                + " the number of total patterns subscribed in the system (by any client).")
                        .build(),
                on("ssubscribe", -2, Topic.Kind.SHARD, "7.0.0")
                        .keys(KeySpec.range(1, -1, 1, KeySpec.Access.NOT_KEY))
                        .summary("Listens for messages published to shard channels.")
                        .complexity("O(N) where N is the number of shard channels to subscribe to.")
                        .build(),
                off("sunsubscribe", Topic.Kind.SHARD, "7.0.0")
                        .keys(KeySpec.range(1, -1, 1, KeySpec.Access.NOT_KEY))
                        .summary("Stops listening to shard channels, or to all.")
                        .complexity("O(N) where N is the number of clients already subscribed to a shard channel.")
                        .build(),
                pubsub());
    }

    private Command pubsub() {
        return Command.container("pubsub")
                .group("pubsub")
                .since("2.8.0")
                .summary("A container for commands on subscriptions.")
                .complexity("Depends on subcommand.")
                .sub(ask("channels", -2, call -> names(call, Topic.Kind.CHANNEL), "2.8.0")
                        .summary("Returns the channels that have subscribers.")
                        .complexity("O(N) where N is the number of active channels, and assuming constant time pattern"
                                + " matching (relatively short channels and patterns)"))
                .sub(ask("numsub", -2, call -> counts(call, Topic.Kind.CHANNEL), "2.8.0")
                        .summary("Returns the number of subscribers of channels.")
                        .complexity("O(N) for the NUMSUB subcommand, where N is the number of requested channels"))
                .sub(ask("numpat", 2, call -> Reply.integer(broker.count(Topic.Kind.PATTERN)), "2.8.0")
                        .summary("Returns the number of patterns that have subscribers."))
                .sub(ask("shardchannels", -2, call -> names(call, Topic.Kind.SHARD), "7.0.0")
                        .summary("Returns the shard channels that have subscribers.")
                        .complexity("O(N) where N is the number of active shard channels, and assuming constant time"
                                + " pattern matching (relatively short shard channels)."))
                .sub(ask("shardnumsub", -2, call -> counts(call, Topic.Kind.SHARD), "7.0.0")
                        .summary("Returns the number of subscribers of shard channels.")
                        .complexity("O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard"
                                + " channels"))
                .sub(Help.of("pubsub", "pubsub", HELP).since("6.2.0"))
                .build();
    }

    private Command.Builder on(String name, int arity, Topic.Kind kind, String since) {
        return Command.of(name, arity, call -> subscribe(call, kind, name))
                .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHOLE_KEYSPACE)
                .group("pubsub")
                .since(since);
    }

    private Command.Builder off(String name, Topic.Kind kind, String since) {
        return Command.of(name, -1, call -> unsubscribe(call, kind, name))
                .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHOLE_KEYSPACE)
                .group("pubsub")
                .since(since);
    }

    private static Command.Builder ask(String name, int arity, Handler handler, String since) {
        return Command.of(name, arity, handler)
                .flags(PUBSUB, LOADING, STALE)
                .group("pubsub")
                .since(since);
    }

    private Reply subscribe(Call call, Topic.Kind kind, String name) {
        Session session = Session.of(call);
        List<Reply> replies = new ArrayList<>(call.count() - 1);
        for (int i = 1; i < call.count(); i++) {
            broker.subscribe(session, new Topic(kind, call.arg(i)));
            replies.add(answer(session, name, kind, Reply.bulk(call.arg(i))));
        }
        return new Reply.Several(replies);
    }

    private Reply unsubscribe(Call call, Topic.Kind kind, String name) {
        Session session = Session.of(call);
        List<Topic> topics = new ArrayList<>();
        if (call.count() == 1) {
            topics.addAll(session.subscriptions().all(kind));
        }
        for (int i = 1; i < call.count(); i++) {
            topics.add(new Topic(kind, call.arg(i)));
        }
        if (topics.isEmpty()) {
            return answer(session, name, kind, Reply.NULL);
        }
        List<Reply> replies = new ArrayList<>(topics.size());
        for (Topic topic : topics) {
            broker.unsubscribe(session, topic);
            replies.add(answer(session, name, kind, Reply.bulk(topic.name())));
        }
        return new Reply.Several(replies);
    }

    private static Reply answer(Session session, String name, Topic.Kind kind, Reply topic) {
        int count = kind == Topic.Kind.SHARD
                ? session.subscriptions().count(Topic.Kind.SHARD)
                : session.subscriptions().count(Topic.Kind.CHANNEL)
                        + session.subscriptions().count(Topic.Kind.PATTERN);
        return new Reply.Push(List.of(Reply.bulk(name), topic, Reply.integer(count)));
    }

    private Reply names(Call call, Topic.Kind kind) {
        if (call.count() > 3) {
            throw new CommandException(
                    "ERR unknown subcommand or wrong number of arguments for '" + call.text(1) + "'. Try PUBSUB HELP.");
        }
        Glob wanted = call.count() == 3 ? new Glob(call.arg(2)) : null;
        List<Reply> names = new ArrayList<>();
        for (byte[] name : broker.names(kind)) {
            if (wanted == null || wanted.matches(name)) {
                names.add(Reply.bulk(name));
            }
        }
        return Reply.array(names);
    }

    private Reply counts(Call call, Topic.Kind kind) {
        List<Reply> counts = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            counts.add(Reply.bulk(call.arg(i)));
            counts.add(Reply.integer(broker.subscribers(new Topic(kind, call.arg(i)))));
        }
        return Reply.array(counts);
    }
}
