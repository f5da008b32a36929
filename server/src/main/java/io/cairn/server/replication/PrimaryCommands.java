package io.cairn.server.replication;

import io.cairn.engine.Engine;
import io.cairn.replication.Replication;
import io.cairn.replication.primary.AckWaiters;
import io.cairn.replication.primary.ReplicaFeed;
import io.cairn.replication.primary.ReplicaHello;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Deferral;
import io.cairn.server.session.Session;
import io.cairn.server.session.Suspension;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What replicas say to a primary (REPLCONF, PSYNC, SYNC), and WAIT.
 *
 * <p><i>Thread-safe.</i>
 */
final class PrimaryCommands {
    private static final AttributeKey<ReplicaHello> HELLO = AttributeKey.valueOf(PrimaryCommands.class, "hello");
    private static final String NO_LINK = "NOMASTERLINK Can't SYNC while not connected with my master";

    private final Engine engine;
    private final Replication replication;

    PrimaryCommands(Engine engine, Replication replication) {
        this.engine = engine;
        this.replication = replication;
    }

    List<Command> commands() {
        return List.of(
                Command.of("replconf", -1, this::replconf)
                        .flags(Flag.ADMIN, Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.ALLOW_BUSY)
                        .group("server")
                        .since("3.0.0")
                        .summary("What a replica tells its primary; used by replication itself.")
                        .build(),
                Command.of("psync", -3, this::psync)
                        .flags(Flag.ADMIN, Flag.NOSCRIPT, Flag.NO_ASYNC_LOADING, Flag.NO_MULTI)
                        .group("server")
                        .since("2.8.0")
                        .summary("Asks to be fed from an offset on; used by replication itself.")
                        .build(),
                Command.of("sync", 1, this::sync)
                        .flags(Flag.ADMIN, Flag.NOSCRIPT, Flag.NO_ASYNC_LOADING, Flag.NO_MULTI)
                        .group("server")
                        .summary("Asks for everything; used by old replicas.")
                        .build(),
                Command.of("wait", 3, this::await)
                        .flags(Flag.NOSCRIPT, Flag.WHOLE_KEYSPACE)
                        .tips("request_policy:all_shards", "response_policy:agg_min")
                        .categories("connection")
                        .group("generic")
                        .since("3.0.0")
                        .summary("Waits until replicas have acknowledged what was written so far.")
                        .build());
    }

    // ---- handshake

    private Reply replconf(Call call) {
        if (call.count() % 2 == 0) {
            throw CommandException.syntax();
        }
        Channel channel = Session.of(call).wire().channel();
        ReplicaHello hello = hello(channel);
        for (int i = 1; i < call.count(); i += 2) {
            if (call.is(i, "listening-port")) {
                long port = call.integer(i + 1);
                hello = hello.withPort((int) port);
            } else if (call.is(i, "ip-address")) {
                String ip = call.text(i + 1);
                if (ip.length() > 255) {
                    throw new CommandException("ERR REPLCONF ip-address provided by replica instance is too long: "
                            + ip.length() + " bytes");
                }
                hello = hello.withIp(ip.isEmpty() ? null : ip);
            } else if (call.is(i, "capa")) {
                hello = hello.withCapability(call.text(i + 1));
            } else if (call.is(i, "rdb-only")) {
                hello = hello.withRdbOnly(call.integer(i + 1) != 0);
            } else if (call.is(i, "ack") || call.is(i, "getack")) {
                return Reply.SILENT; // meant for a connection that is being fed; those do not come here
            } else if (!call.is(i, "rdb-filter-only") && !call.is(i, "version")) { // which change nothing here
                throw new CommandException("ERR Unrecognized REPLCONF option: " + call.text(i));
            }
        }
        channel.attr(HELLO).set(hello);
        return Reply.OK;
    }

    private static ReplicaHello hello(Channel channel) {
        ReplicaHello known = channel.attr(HELLO).get();
        return known == null ? ReplicaHello.NONE : known;
    }

    private Reply psync(Call call) {
        if (call.count() == 4) {
            if (!call.is(3, "failover")) {
                throw CommandException.syntax();
            }
            takeOver(call.text(1));
        }
        return feed(call, call.text(1), Numbers.parseLong(call.arg(2)));
    }

    private void takeOver(String id) {
        if (!engine.isReplica()) {
            throw new CommandException("ERR PSYNC FAILOVER can't be sent to a master.");
        }
        if (!id.equalsIgnoreCase(engine.identity().id())) {
            throw new CommandException("ERR PSYNC FAILOVER replid must match my replid.");
        }
        throw new CommandException("ERR PSYNC FAILOVER is not supported by this version");
    }

    private Reply sync(Call call) {
        return feed(call, null, 0);
    }

    /** Hands the connection over once what was replied before is on its way. */
    private Reply feed(Call call, @Nullable String id, long offset) {
        Session session = Session.of(call);
        if (session.kind() == Session.Kind.REPLICA) {
            return Reply.SILENT;
        }
        if (replication.isLinkDown()) {
            throw new CommandException(NO_LINK);
        }
        session.kind(Session.Kind.REPLICA);
        Channel channel = session.wire().channel();
        ReplicaHello hello = hello(channel);
        channel.eventLoop().execute(() -> {
            SocketPeer peer = new SocketPeer(channel);
            ReplicaFeed feed = replication.accept(peer, hello, id, offset);
            if (feed == null) {
                channel.close();
                return;
            }
            peer.onWritable(feed::onWritable);
            channel.pipeline().addFirst(new FeedInput(feed));
            if (!channel.isActive()) {
                feed.onClosed();
            }
        });
        return Reply.SILENT;
    }

    // ---- WAIT

    private Reply await(Call call) {
        if (engine.isReplica()) {
            throw new CommandException("ERR WAIT cannot be used with replica instances. Please also note that since"
                    + " Redis 4.0 if a replica is configured to be writable (which is not the default) writes to"
                    + " replicas are just local and are not propagated.");
        }
        int wanted = (int) Math.min(Integer.MAX_VALUE, call.integer(1));
        long timeoutMillis = Numbers.parseLongOr(call.arg(2), Long.MIN_VALUE);
        if (timeoutMillis == Long.MIN_VALUE) {
            throw new CommandException("ERR timeout is not an integer or out of range");
        }
        if (timeoutMillis < 0) {
            throw new CommandException("ERR timeout is negative");
        }
        Session session = Session.of(call);
        long offset = session.writtenUpTo(engine.offset());
        int reached = replication.feeds().acknowledged(offset);
        if (reached >= wanted || session.transaction().isRunning()) {
            return Reply.integer(reached);
        }
        long now = System.currentTimeMillis();
        boolean endless = timeoutMillis == 0 || timeoutMillis > Long.MAX_VALUE - now;
        long deadline = endless ? Long.MAX_VALUE : now + timeoutMillis;
        Waiting waiting = new Waiting(session, offset);
        session.defer(waiting.deferral);
        session.wire().channel().eventLoop().execute(() -> {
            waiting.begin(wanted, deadline);
            if (engine.isReplica()) { // since a moment: whoever ended the others did not know of this one
                replication.feeds().waiters().abandon();
            }
        });
        return Reply.SILENT;
    }

    /** A client in WAIT, whom replicas' acknowledgements, time, another client or its end let go: the first of them. */
    private final class Waiting implements Suspension {
        private final Session session;
        private final long offset;
        private final Deferral deferral = new Deferral(this);
        private final AtomicBoolean ended = new AtomicBoolean();
        private AckWaiters.@Nullable Waiter waiter;

        private Waiting(Session session, long offset) {
            this.session = session;
            this.offset = offset;
        }

        private void begin(int wanted, long deadline) {
            AckWaiters.Waiter begun = replication.feeds().waiters().await(offset, wanted, deadline, this::told);
            synchronized (this) {
                waiter = begun;
            }
            if (ended.get()) {
                begun.cancel();
            }
        }

        private void told(int replicas) {
            if (ended.compareAndSet(false, true)) {
                if (replicas == AckWaiters.NO_PRIMARY) {
                    session.wire().complete(deferral, Waiters.ROLE_CHANGED, 0, true);
                } else {
                    session.wire().complete(deferral, Reply.integer(replicas));
                }
            }
        }

        private boolean end() {
            boolean first = ended.compareAndSet(false, true);
            AckWaiters.Waiter begun;
            synchronized (this) {
                begun = waiter;
            }
            if (begun != null) {
                begun.cancel();
            }
            return first;
        }

        @Override
        public boolean unblock(boolean withError) {
            if (!end()) {
                return false;
            }
            Reply count = Reply.integer(replication.feeds().acknowledged(offset));
            session.wire().complete(deferral, withError ? Waiters.UNBLOCKED_BY_CLIENT : count);
            return true;
        }

        @Override
        public void abandon() {
            end();
        }
    }
}
