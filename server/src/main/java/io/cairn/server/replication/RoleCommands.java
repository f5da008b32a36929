package io.cairn.server.replication;

import io.cairn.engine.Engine;
import io.cairn.replication.Replication;
import io.cairn.replication.primary.ReplicaFeed;
import io.cairn.replication.replica.ReplicaLink;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The commands that set and tell the role: REPLICAOF, SLAVEOF, ROLE.
 *
 * <p><i>Thread-safe.</i>
 */
final class RoleCommands {
    private static final int MAX_PORT = 65_535;

    private final Engine engine;
    private final Replication replication;
    private final BiConsumer<String, Integer> remember;
    private final Waiters waiters;

    /** @param remember told of each change: host and port, or an empty host for none */
    RoleCommands(Engine engine, Replication replication, BiConsumer<String, Integer> remember, Waiters waiters) {
        this.waiters = waiters;
        this.engine = engine;
        this.replication = replication;
        this.remember = remember;
    }

    List<Command> commands() {
        return List.of(
                replicaOf("replicaof", "5.0.0"),
                replicaOf("slaveof", "1.0.0"),
                Command.of("role", 1, this::role)
                        .flags(Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.FAST)
                        .categories("admin", "dangerous")
                        .group("server")
                        .since("2.8.12")
                        .summary("Tells the role in replication.")
                        .build());
    }

    private Command replicaOf(String name, String since) {
        return Command.of(name, 3, this::replicaOf)
                .flags(Flag.ADMIN, Flag.NOSCRIPT, Flag.STALE, Flag.NO_ASYNC_LOADING, Flag.EXCLUSIVE)
                .group("server")
                .since(since)
                .summary("Makes this node a replica of another, or a primary.")
                .build();
    }

    private Reply replicaOf(Call call) {
        if (call.is(1, "no") && call.is(2, "one")) {
            // What is logged is applied first, beside the others, not while they wait; in a transaction that has
            // changed something that is too late.
            call.turn().aside(replication::settle);
            replication.promote();
            remember.accept("", 0);
            return Reply.OK;
        }
        long port = Numbers.parseLongOr(call.arg(2), -1);
        if (port < 0 || port > MAX_PORT) {
            throw new CommandException("ERR Invalid master port");
        }
        if (!replication.follow(call.text(1), (int) port)) {
            return Reply.simple("OK Already connected to specified master");
        }
        waiters.roleChanged();
        remember.accept(call.text(1), (int) port);
        return Reply.OK;
    }

    private Reply role(Call call) {
        ReplicaLink link = replication.link();
        if (link != null) {
            return Reply.array(List.of(
                    Reply.bulk("slave"),
                    Reply.bulk(link.host()),
                    Reply.integer(link.port()),
                    Reply.bulk(link.state().roleName()),
                    Reply.integer(engine.applied())));
        }
        List<Reply> replicas = new ArrayList<>();
        for (ReplicaFeed feed : replication.feeds().all()) {
            if (feed.state() == ReplicaFeed.State.ONLINE) {
                replicas.add(Reply.array(List.of(
                        Reply.bulk(feed.host()),
                        Reply.bulk(Integer.toString(feed.hello().listeningPort())),
                        Reply.bulk(Long.toString(feed.acknowledged())))));
            }
        }
        return Reply.array(List.of(Reply.bulk("master"), Reply.integer(engine.offset()), Reply.array(replicas)));
    }
}
