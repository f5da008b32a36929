package io.cairn.server.net;

import io.cairn.engine.keyspace.RowFetch;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.engine.types.ElementFetch;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Reply;
import io.cairn.server.dispatch.Execution;
import io.cairn.server.dispatch.Request;
import io.cairn.server.resp.ProtocolException;
import io.cairn.server.resp.ReplyBuffer;
import io.cairn.server.resp.ReplyEncoder;
import io.cairn.server.session.Letter;
import io.cairn.server.session.Session;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the requests of all connections of one event loop, in turns.
 *
 * <p>A turn begins with the first request that the loop reads and ends in a task that the loop runs when it has read
 * all sockets that were ready: one commit, then one flush for each connection that has replies. Then the commands that
 * need the disk go to the pool: not earlier, so that they see what their connection wrote before.
 *
 * <p>A commit that fails answers every write of the turn that it would have committed with the error; replies are kept
 * as bytes, with the ranges of those writes beside.
 *
 * <p>With {@code appendfsync always} a turn's replies wait, in order, until the log is durable up to its end.
 *
 * <p><i>Confined to the event loop thread.</i>
 */
final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final int SCRATCH_BYTES = 64 << 10;
    private static final int MAX_SCRATCH_BYTES = 1 << 20;
    private static final int PIECES_KEPT = 256;
    private static final int MAX_REPLY_BYTES = 1 << 20;
    private static final int MAX_COMMANDS_PER_COMMIT = 8192;
    private static final int MAX_FOLLOWERS = 64;

    /** Requests of a connection that wait; those behind the first were pipelined behind it. */
    private record Parked(Connection connection, List<Request> requests) {}

    private record Held(long gate, Connection connection, Queue<ReplyBuffer.Piece> pieces) {}

    private final LoopServices services;
    private final EventLoop eventLoop;
    private final Execution execution;
    private final Turn turn;
    private final Runnable endOfTurn = this::endTurn;
    private final RowFetch fetching;
    private final ElementFetch fetchingElements;

    private final Set<Connection> connections = new HashSet<>();
    private final List<Connection> dirty = new ArrayList<>();
    private final List<Connection> withUncommitted = new ArrayList<>();
    private final List<Parked> parked = new ArrayList<>();
    private final Queue<Parked> paused = new ArrayDeque<>();
    private final Queue<Held> undurable = new ArrayDeque<>();
    private final AtomicBoolean durableScheduled = new AtomicBoolean();
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private final Mailbox mailbox = new Mailbox();
    private byte[] scratch = new byte[SCRATCH_BYTES];
    private @Nullable Parked follows; // just parked: what is pipelined behind it may come along
    private boolean endScheduled;
    private boolean undurableForGood; // the log failed, and whoever waited for it was told
    private long gate;
    private int uncommittedCommands;
    private long bytesReceived;
    private long bytesSent;

    Loop(LoopServices services, EventLoop eventLoop) {
        this.services = services;
        this.eventLoop = eventLoop;
        this.turn = new Turn(services.handle(), false);
        this.fetching = new RowFetch(services.handle());
        this.fetchingElements = new ElementFetch(services.handle());
        this.execution = services.execution(turn);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    // ---- connections

    Session opened(Connection connection) {
        connections.add(connection);
        Channel channel = connection.channel();
        Clients clients = services.clients();
        Session session = new Session(
                services.sessions().newId(),
                connection,
                Network.text(channel.remoteAddress(), channel.localAddress()),
                Network.text(channel.localAddress(), channel.remoteAddress()),
                System.currentTimeMillis(),
                !clients.mustLogIn(),
                services.sessions().cursors());
        services.sessions().add(session);
        connection.decoder().limits(clients.maxBulkBytes(), clients.maxRequestBytes());
        connection.decoder().authenticated(session.isAuthenticated());
        return session;
    }

    void closed(Connection connection) {
        if (connections.remove(connection)) {
            Session session = connection.session();
            session.watched().clear();
            session.transaction().close();
            services.sessions().remove(session);
            services.clients().closed(session);
        }
    }

    /** Ends connections that have been idle for longer than that; call it on the event loop. */
    void closeIdle(long nowMillis, long maxIdleMillis) {
        for (Connection connection : connections) {
            Session session = connection.session();
            if (session.kind() == Session.Kind.NORMAL
                    && !session.isDeferred()
                    && nowMillis - session.lastActiveMillis() > maxIdleMillis) {
                connection.kill();
            }
        }
    }

    void received(int bytes) {
        bytesReceived += bytes;
    }

    void sent(int bytes) {
        bytesSent += bytes;
    }

    /** An array of at least {@code bytes}, whose contents last until the next call. */
    byte[] scratch(int bytes) {
        if (scratch.length < bytes) {
            byte[] larger = new byte[Math.max(bytes, scratch.length * 2)];
            if (larger.length > MAX_SCRATCH_BYTES) {
                return larger;
            }
            scratch = larger;
        }
        return scratch;
    }

    byte[] piece() {
        byte[] known = pieces.pollLast();
        return known == null ? new byte[ReplyBuffer.PIECE_BYTES] : known;
    }

    void recycle(byte[] piece) {
        if (piece.length == ReplyBuffer.PIECE_BYTES && pieces.size() < PIECES_KEPT) {
            pieces.addLast(piece);
        }
    }

    // ---- requests

    Decoded decoded(byte[][] args) {
        return new Decoded(services.table().find(args), args);
    }

    /**
     * Has the rows that these requests will ask for brought near, all at once: one by one, each would have to wait for
     * main memory, which is what reading a row costs. First the keys, which tell where elements are, then those.
     */
    void fetch(Connection connection, Iterable<Decoded> requests) {
        fetching.begin(connection.session().db());
        boolean anyElements = false;
        for (Decoded request : requests) {
            CommandTable.Entry entry = request.entry();
            int key = entry == null ? 0 : entry.onlyKey();
            if (entry != null && key > 0 && key < request.args().length) {
                fetching.add(request.args()[key]);
                anyElements |= entry.elements() != null;
            }
        }
        fetching.run();
        if (anyElements) {
            fetchElements(connection, requests);
        }
    }

    private void fetchElements(Connection connection, Iterable<Decoded> requests) {
        fetchingElements.begin(connection.session().db());
        for (Decoded request : requests) {
            CommandTable.Entry entry = request.entry();
            ElementSpec named = entry == null ? null : entry.elements();
            if (entry == null || named == null) {
                continue;
            }
            byte[][] args = request.args();
            int last = Math.min(named.last(), args.length - 1);
            for (int at = named.first(); at <= last; at += named.step()) {
                if (!fetchingElements.add(args[entry.onlyKey()], args[at])) {
                    break;
                }
            }
        }
        fetchingElements.run();
    }

    /** Runs what the connection's decoder has, until it is held up. */
    void requests(Connection connection) {
        hand(); // what was published before these requests were sent comes before their replies
        try {
            while (!connection.isHeldUp()) {
                Decoded next = connection.next();
                if (next == null) {
                    return;
                }
                request(connection, next.entry(), next.args());
                if (follows != null) {
                    follow(connection, follows.requests());
                    follows = null;
                }
                if (connection.out().position() > MAX_REPLY_BYTES) {
                    endTurn(); // so that a reader too slow is noticed between two requests
                }
            }
        } catch (ProtocolException e) {
            services.counters().error(e.reply());
            markDirty(connection);
            reply(connection, Reply.error(e.reply()));
            connection.session().closeAfterReply();
        }
    }

    /**
     * Takes along what is pipelined behind a command that goes to the disk pool, as far as it is plain: it neither
     * changes nor needs anything of the session that the commands before it might change.
     */
    private void follow(Connection connection, List<Request> requests) {
        Session session = connection.session();
        while (requests.size() < MAX_FOLLOWERS && !session.transaction().isOpen()) {
            Decoded next = connection.peek();
            if (next == null) {
                return;
            }
            CommandTable.Entry entry = next.entry();
            byte[][] args = next.args();
            if (entry == null
                    || !entry.isPlain()
                    || services.pause().holds(session, entry)
                    || services.admission().answer(session, entry, args) != null) {
                return;
            }
            requests.add(new Request(entry, args));
            connection.take();
        }
    }

    private void request(Connection connection, CommandTable.@Nullable Entry entry, byte[][] args) {
        Session session = connection.session();
        begin(connection);
        Reply answer = services.admission().answer(session, entry, args);
        if (answer != null || entry == null) {
            refuse(connection, entry, answer == null ? Reply.SILENT : answer);
            return;
        }
        session.active(turn.nowMillis(), entry.command().name());
        if (services.pause().holds(session, entry)) {
            connection.hold();
            paused.add(new Parked(connection, List.of(new Request(entry, args))));
            return;
        }
        run(connection, entry, args);
    }

    private void refuse(Connection connection, CommandTable.@Nullable Entry entry, Reply answer) {
        if (answer instanceof Reply.Error error) {
            services.counters().error(error.text());
            if (entry != null) {
                execution.refused(entry);
            }
        }
        reply(connection, answer);
    }

    private void begin(Connection connection) {
        markDirty(connection);
        if (!turn.isOpen()) {
            turn.begin(System.currentTimeMillis());
            if (services.clients().isMemoryExceeded()) {
                services.clients().makeRoom(turn);
                commit();
                turn.begin(System.currentTimeMillis());
            }
        }
    }

    private void run(Connection connection, CommandTable.Entry entry, byte[][] args) {
        Session session = connection.session();
        if (execution.mayChange(entry)) {
            session.wrote();
        }
        if (execution.leavesLoop(session, entry, args) || !lock(session, entry, args)) {
            park(connection, entry, args);
            return;
        }
        long cycle = turn.cycle();
        int told = turn.events().size();
        Reply reply;
        try {
            reply = execution.run(session, entry, args);
        } catch (WouldBlockException e) {
            noteCommit(cycle);
            park(connection, entry, args);
            return;
        } catch (StorageException e) {
            if (!turn.isOpen()) {
                failWrites(e);
            }
            noteCommit(cycle);
            reply = error(e);
        }
        noteCommit(cycle);
        boolean mayChange = execution.mayChange(entry);
        boolean hearsItself = session.subscriptions().any() && turn.events().size() != told;
        boolean first = hearsItself && !execution.isExec(entry); // behind EXEC's reply, not in the middle of it
        if (first) {
            StorageException failure = commit();
            turn.begin(System.currentTimeMillis());
            reply = failure == null || !mayChange ? reply : error(failure);
        }
        if (session.isDeferred()) {
            connection.hold();
        } else if (mayChange && !first) {
            long start = connection.out().position();
            reply(connection, reply);
            if (connection.uncommitted(start)) {
                withUncommitted.add(connection);
            }
        } else {
            reply(connection, reply);
        }
        if (hearsItself && !first || ++uncommittedCommands >= MAX_COMMANDS_PER_COMMIT) {
            commit();
        }
    }

    private static Reply error(StorageException failure) {
        return Reply.error(String.valueOf(failure.getMessage()));
    }

    private void answer(Connection connection, Reply reply) {
        if (connection.session().isDeferred()) {
            connection.hold();
        } else {
            reply(connection, reply);
        }
    }

    /** If a command made the turn commit, the writes before it stand. */
    private void noteCommit(long cycleBefore) {
        if (turn.cycle() != cycleBefore) {
            committed();
        }
        if (!turn.isOpen()) {
            turn.begin(System.currentTimeMillis());
        }
    }

    /** Takes the stripes that the command needs; false if it must wait where waiting for the disk is allowed. */
    private boolean lock(Session session, CommandTable.Entry entry, byte[][] args) {
        if (execution.wantsCommit(session, entry)) {
            commit();
            turn.begin(System.currentTimeMillis());
        }
        if (execution.tryLock(session, entry, args)) {
            return true;
        }
        commit();
        turn.begin(System.currentTimeMillis());
        return turn.lockAll(execution.keys(session, entry, args), true);
    }

    private void park(Connection connection, CommandTable.Entry entry, byte[][] args) {
        connection.hold();
        connection.elsewhere(true);
        List<Request> requests = new ArrayList<>();
        requests.add(new Request(entry, args));
        Parked waiting = new Parked(connection, requests);
        parked.add(waiting);
        if (entry.isPlain()) {
            follows = waiting;
        }
    }

    private void reply(Connection connection, Reply reply) {
        Session session = connection.session();
        boolean wanted = session.replies() == Session.Replies.ON || session.wantsReply();
        if (wanted || reply instanceof Reply.Push || reply instanceof Reply.Several) {
            ReplyEncoder.write(connection.out(), reply, session.protocol());
        }
        connection.decoder().authenticated(session.isAuthenticated());
    }

    // ---- from elsewhere

    /**
     * The disk pool ran commands of the connection. What the client heard meanwhile comes before the replies, but for a
     * transaction, which may have subscribed it.
     */
    void ranElsewhere(Connection connection, List<Reply> replies, long upTo, boolean transaction) {
        connection.elsewhere(false);
        if (!transaction && !connection.isGone()) {
            gate = Math.max(gate, upTo);
            handKept(connection);
        }
        completed(connection, replies, upTo);
    }

    /** A command that held the connection up is answered. */
    void completed(Connection connection, List<Reply> replies, long upTo) {
        connection.release();
        if (connection.isGone()) {
            return;
        }
        gate = Math.max(gate, upTo);
        markDirty(connection);
        for (Reply reply : replies) {
            answer(connection, reply);
        }
        handKept(connection);
        connection.resume();
    }

    private void handKept(Connection connection) {
        for (Letter letter = connection.kept(); letter != null; letter = connection.kept()) {
            if (connection.receives(letter)) {
                markDirty(connection);
                ReplyEncoder.write(
                        connection.out(), letter.text(), connection.session().protocol());
            }
        }
    }

    void push(Connection connection, Reply reply) {
        if (!connection.isGone()) {
            markDirty(connection);
            ReplyEncoder.write(connection.out(), reply, connection.session().protocol());
        }
    }

    /** Takes a letter to one of the loop's connections; from any thread. */
    void post(Mailbox.Mail mail) {
        if (mailbox.post(mail)) {
            eventLoop.execute(() -> {
                mailbox.awake();
                hand();
            });
        }
    }

    /** Hands over the letters in the mailbox. */
    private void hand() {
        for (Mailbox.Mail mail = mailbox.next(); mail != null; mail = mailbox.next()) {
            Connection connection = mail.to();
            if (connection.receives(mail.letter())) {
                gate = Math.max(gate, mail.gate());
                markDirty(connection);
                ReplyEncoder.write(
                        connection.out(),
                        mail.letter().text(),
                        connection.session().protocol());
            }
            if (!connection.session().isClosing()
                    && services.clients().subscriberLimit().isOver(connection.waitingBytes())) {
                overrun(connection);
            }
        }
    }

    private void overrun(Connection connection) {
        LOG.warn(
                "subscriber does not read what it is sent, connection closed client={} address={} waiting_bytes={}",
                connection.session().id(),
                connection.session().address(),
                connection.waitingBytes());
        services.counters().outputLimitDisconnections.increment();
        connection.session().closeAfterReply(); // nothing more is sent, even if the channel takes time to close
        connection.kill();
    }

    /** Ends subscribers that have been over the soft limit for too long; call it on the event loop. */
    void closeOverrun(long nowMillis) {
        OutputLimit limit = services.clients().subscriberLimit();
        for (Connection connection : connections) {
            if (connection.session().kind() == Session.Kind.PUBSUB && connection.isOverFor(limit, nowMillis)) {
                overrun(connection);
            }
        }
    }

    /** Runs what a pause held up, as far as it no longer does; from any thread. */
    void unpause() {
        eventLoop.execute(() -> {
            for (int waiting = paused.size(); waiting > 0; waiting--) {
                Parked request = paused.remove();
                Connection connection = request.connection();
                Request first = request.requests().get(0);
                if (services.pause().holds(connection.session(), first.entry())) {
                    paused.add(request);
                    continue;
                }
                connection.release();
                if (!connection.isGone()) {
                    begin(connection);
                    run(connection, first.entry(), first.args());
                    follows = null;
                    connection.resume();
                }
            }
        });
    }

    // ---- the end of a turn

    private void markDirty(Connection connection) {
        if (!connection.isDirty()) {
            connection.dirty(true);
            dirty.add(connection);
        }
        if (!endScheduled) {
            endScheduled = true;
            eventLoop.execute(endOfTurn);
        }
    }

    private void endTurn() {
        endScheduled = false;
        commit();
        Durability durability = services.durability();
        boolean waits = !undurable.isEmpty() || !(isUndurableForGood() || durability.isReached(gate));
        for (int i = 0; i < dirty.size(); i++) {
            Connection connection = dirty.get(i);
            connection.dirty(false);
            if (waits) {
                undurable.add(new Held(gate, connection, connection.takeOut()));
            } else {
                flush(connection);
            }
        }
        dirty.clear();
        if (waits) {
            durability.request(gate);
            durable();
        }
        gate = 0; // the log may be another one in the next turn, with lower positions
        submitParked();
        services.counters().turns.increment();
        count();
    }

    /** Memory for replies outside the heap may be at an end: that ends one connection, not the turn of all. */
    private void flush(Connection connection) {
        try {
            connection.flush();
        } catch (OutOfMemoryError e) {
            LOG.error(
                    "no memory for replies, connection closed client={}",
                    connection.session().id(),
                    e);
            connection.kill();
        }
    }

    /** Nothing is committed from then on, so what is replied are reads and refusals, which need not wait for ever. */
    private boolean isUndurableForGood() {
        undurableForGood &= services.durability().hasFailed(); // a full resynchronization may have brought another log
        return undurableForGood;
    }

    private void count() {
        services.counters().netInputBytes.add(bytesReceived);
        services.counters().netOutputBytes.add(bytesSent);
        bytesReceived = 0;
        bytesSent = 0;
    }

    private void submitParked() {
        for (Parked request : parked) {
            services.counters().commandsOffLoop.add(request.requests().size());
            Connection connection = request.connection();
            connection.keepLetters();
            boolean transaction = execution.isExec(request.requests().get(0).entry());
            services.diskPool()
                    .submit(
                            connection.session(),
                            request.requests(),
                            (replies, upTo) -> connection.ranElsewhere(replies, upTo, transaction));
        }
        parked.clear();
    }

    /** Commits what the turn has; a failure answers its writes, and is returned. */
    private @Nullable StorageException commit() {
        uncommittedCommands = 0;
        StorageException failure = null;
        try {
            gate = Math.max(gate, turn.commit());
        } catch (StorageException e) {
            failure = e;
        } catch (RuntimeException e) {
            LOG.error("commit failed", e);
            failure = new StorageException("ERR internal error", e);
        }
        if (failure != null) {
            failWrites(failure);
        }
        committed();
        hand();
        return failure;
    }

    private void committed() {
        for (int i = 0; i < withUncommitted.size(); i++) {
            withUncommitted.get(i).committed();
        }
        withUncommitted.clear();
    }

    private void failWrites(StorageException failure) {
        ReplyBuffer error = new ReplyBuffer(new byte[256]);
        ReplyEncoder.write(error, Reply.error(String.valueOf(failure.getMessage())), 2);
        byte[] bytes = error.written();
        for (Connection connection : withUncommitted) {
            services.counters().error(String.valueOf(failure.getMessage()));
            connection.failed(bytes);
        }
        committed();
    }

    /** Sends the replies that the log's durable end has reached; from any thread. */
    void durable() {
        if (durableScheduled.compareAndSet(false, true)) {
            eventLoop.execute(() -> {
                durableScheduled.set(false);
                while (!undurable.isEmpty()
                        && services.durability().isReached(undurable.peek().gate())) {
                    Held held = undurable.remove();
                    held.connection().send(held.pieces());
                    held.connection().resume();
                }
            });
        }
    }

    /** The log failed: what waits for it was perhaps lost, so those clients get no answer; from any thread. */
    void undurable() {
        eventLoop.execute(() -> {
            undurable.forEach(held -> held.connection().kill());
            undurable.clear();
            dirty.forEach(Connection::kill); // they may have replies to what was committed, but not synced
            undurableForGood = true;
        });
    }
}
