package io.cairn.replication.replica;

import io.cairn.engine.Applier;
import io.cairn.engine.Engine;
import io.cairn.engine.Staging;
import io.cairn.engine.stream.StreamEndedException;
import io.cairn.engine.stream.StreamFormatException;
import io.cairn.engine.stream.UnitFailedException;
import io.cairn.replication.PeerChannel;
import io.cairn.replication.ReplicationSettings;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link to one primary, from {@link #start} to {@link #stop}.
 *
 * <pre>
 *   from         on                                    to
 *   CONNECT      backoff is over                       CONNECTING
 *   CONNECTING   connected                             HANDSHAKE     PING, then AUTH and REPLCONF
 *   HANDSHAKE    all answered                          PSYNC         PSYNC id offset+1
 *   PSYNC        +CONTINUE                             CONNECTED     the primary's id adopted if it is another
 *   PSYNC        +FULLRESYNC id offset                 TRANSFER
 *   PSYNC        -NOMASTERLINK, -LOADING               CONNECT
 *   PSYNC        any other error                       TRANSFER      after SYNC, by a primary without PSYNC
 *   TRANSFER     snapshot received and stored          INSTALL
 *   INSTALL      keyspace replaced, ACK sent           CONNECTED
 *   any          closed, timeout, refused, damaged     CONNECT
 *   any          a unit of the stream cannot be run    STOPPED       until REPLICAOF is given again
 * </pre>
 *
 * Stream bytes are logged verbatim, under the same offsets, in whole units, as they come; the applier runs them behind
 * ({@link io.cairn.engine.Applier}). What is applied is acknowledged each second and when the primary asks. When too much
 * is logged and not applied, no more is read. Until a snapshot is stored in full the old keyspace stays as it was.
 *
 * <p>What is said to be readable by all may be read by any thread.
 *
 * <p><i>Confined to the link thread.</i>
 */
public final class ReplicaLink {
    /** Told when the history of this node changed, so that its own replicas must ask again; on the link thread. */
    public interface HistoryListener {
        /** The replication id or the keyspace changed. */
        void historyChanged(String reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLink.class);
    private static final long BACKOFF_FIRST_MILLIS = 100;
    private static final long BACKOFF_MOST_MILLIS = 5_000;
    private static final long ACK_MILLIS = 1_000;
    private static final int DAMAGED_ATTEMPTS = 3;
    private static final long LAG_BYTES_MAX = 1L << 30;

    private final String host;
    private final int port;
    private final Engine engine;
    private final LinkContext context;
    private final Connector connector;
    private final Supplier<ReplicationSettings> settings;
    private final LongSupplier wallMillis;
    private final LongSupplier random;
    private final HistoryListener history;

    private volatile LinkState state = LinkState.CONNECT;
    private volatile long heardMillis;
    private volatile long downSinceMillis;
    private volatile boolean stopped;
    private volatile boolean held;
    private volatile @Nullable Transfer transfer;
    private final AtomicLong partials = new AtomicLong();
    private final AtomicLong fulls = new AtomicLong();

    private @Nullable PeerChannel channel;
    private int attempt;
    private long connectAtMillis;
    private long backoffMillis = BACKOFF_FIRST_MILLIS;
    private @Nullable Handshake handshake;
    private final LinkInput input = new LinkInput();
    private final LinkStreams streams;
    private @Nullable LinkStream stream;
    private long ackedMillis;
    private long damagedOffset = -1;
    private int damagedTimes;
    private boolean askForAll;

    /**
     * A link that is not started yet.
     *
     * @param anew ask for everything, whatever this node has
     */
    public ReplicaLink(String host, int port, boolean anew, LinkContext context, HistoryListener history) {
        this.host = host;
        this.port = port;
        this.engine = context.engine();
        this.context = context;
        this.streams = new LinkStreams(context);
        this.connector = context.connector();
        this.settings = context.settings();
        this.wallMillis = context.wallMillis();
        this.random = context.random();
        this.history = history;
        this.askForAll = anew;
        this.downSinceMillis = wallMillis.getAsLong();
    }

    // ---- readable by all threads

    /** The primary's host. */
    public String host() {
        return host;
    }

    /** The primary's port. */
    public int port() {
        return port;
    }

    /** Whether it is the link to that primary, and was not told to end. */
    public boolean isTo(String toHost, int toPort) {
        return !stopped && host.equals(toHost) && port == toPort;
    }

    /** State. */
    public LinkState state() {
        return state;
    }

    /** Wall clock of the last bytes from the primary. */
    public long heardMillis() {
        return heardMillis;
    }

    /** Wall clock since when the link is down; meaningless while it is up. */
    public long downSinceMillis() {
        return downSinceMillis;
    }

    /** Length of the snapshot under way, -1 if the primary did not tell. */
    public long transferTotalBytes() {
        Transfer current = transfer;
        return current == null ? -1 : current.totalBytes();
    }

    /** Bytes received of the snapshot under way. */
    public long transferReadBytes() {
        Transfer current = transfer;
        return current == null ? 0 : current.readBytes();
    }

    /** Times that this link continued where it was. */
    public long partials() {
        return partials.get();
    }

    /** Times that this link received everything. */
    public long fulls() {
        return fulls.get();
    }

    /** Whether it does not read because too much waits to be applied, or the disk is nearly full. */
    public boolean held() {
        return held;
    }

    // ---- life

    /** Begins; any thread. */
    public void start() {
        engine.applier().listen(new Applied());
        connector.execute(this::connect);
    }

    /** Ends for good; any thread. What is under way is thrown away, what was logged stays. */
    public void stop() {
        stopped = true;
        connector.execute(() -> disconnect("replication of this primary ended"));
    }

    /** Cuts the connection; it is made again; any thread. */
    public void cut(String reason) {
        connector.execute(() -> disconnect(reason));
    }

    /** Time passes; on the link thread. */
    public void tick() {
        if (stopped) {
            return;
        }
        long now = wallMillis.getAsLong();
        long timeout = settings.get().timeoutMillis();
        switch (state) {
            case CONNECT -> {
                if (now >= connectAtMillis) {
                    connect();
                }
            }
            case CONNECTING, HANDSHAKE, PSYNC, TRANSFER -> {
                Transfer current = transfer;
                if (current != null && !current.isStarved()) {
                    heardMillis = now; // it has more than it has stored yet
                }
                if (now - heardMillis > timeout) {
                    disconnect("nothing heard from the primary for " + timeout + " ms");
                } else if (state == LinkState.TRANSFER) {
                    keepAlive(now);
                }
            }
            case INSTALL -> keepAlive(now);
            case CONNECTED -> {
                if (held) {
                    heardMillis = now; // silence is this node's own doing
                    release();
                }
                if (now - heardMillis > timeout) {
                    disconnect("nothing heard from the primary for " + timeout + " ms");
                } else if (now - ackedMillis >= ACK_MILLIS) {
                    acknowledge();
                }
            }
            case NONE, STOPPED -> {}
        }
    }

    private void keepAlive(long now) {
        if (now - ackedMillis >= ACK_MILLIS) {
            ackedMillis = now;
            send(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    private void connect() {
        if (stopped || state == LinkState.CONNECTING) {
            return;
        }
        if (isHalted()) {
            state(LinkState.STOPPED, "the stream cannot be applied");
            return;
        }
        heardMillis = wallMillis.getAsLong();
        int current = ++attempt;
        state(LinkState.CONNECTING, "attempt=" + current);
        connector.connect(host, port, new Connector.Events() {
            @Override
            public void connected(PeerChannel opened) {
                if (current != attempt || stopped) {
                    opened.close();
                } else {
                    shakeHands(opened);
                }
            }

            @Override
            public void received(ByteBuffer bytes) {
                if (current == attempt) {
                    take(bytes);
                }
            }

            @Override
            public void settled() {
                if (current == attempt) {
                    settle();
                }
            }

            @Override
            public void closed(String reason) {
                if (current == attempt) {
                    disconnect(reason);
                }
            }
        });
    }

    private void disconnect(String reason) {
        attempt++; // what the old connection still says is not heard
        PeerChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
        Transfer interrupted = transfer;
        transfer = null;
        if (interrupted != null) {
            interrupted.cancel();
        }
        LinkStream ended = stream;
        stream = null;
        if (ended != null) {
            ended.close();
        }
        held = false;
        handshake = null;
        input.clear();
        if (state == LinkState.CONNECTED) {
            downSinceMillis = wallMillis.getAsLong();
        }
        if (stopped) {
            state(LinkState.NONE, reason);
            return;
        }
        if (isHalted()) {
            state(LinkState.STOPPED, reason);
            return;
        }
        long jitter = Math.floorMod(random.getAsLong(), backoffMillis);
        connectAtMillis = wallMillis.getAsLong() + backoffMillis / 2 + jitter / 2;
        backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MOST_MILLIS);
        state(LinkState.CONNECT, reason);
    }

    /** Whether what is logged cannot be applied, and nobody has said that everything is to be had anew. */
    private boolean isHalted() {
        return engine.applier().stopped() != null && !askForAll;
    }

    private void state(LinkState next, String reason) {
        if (state != next) {
            LOG.info(
                    "link {} -> {} primary={}:{} id={} offset={} reason=\"{}\"",
                    state,
                    next,
                    host,
                    port,
                    engine.identity().id(),
                    engine.offset(),
                    reason);
        }
        state = next;
    }

    private void send(ByteBuffer bytes) {
        PeerChannel open = channel;
        if (open != null) {
            open.send(bytes);
        }
    }

    // ---- handshake

    private void shakeHands(PeerChannel opened) {
        channel = opened;
        heardMillis = wallMillis.getAsLong();
        Handshake begun = new Handshake(settings.get());
        handshake = begun;
        state(LinkState.HANDSHAKE, "connected");
        send(begun.ping());
    }

    private interface Work {
        void run() throws IOException, Handshake.RefusedException;
    }

    private void take(ByteBuffer bytes) {
        heardMillis = wallMillis.getAsLong();
        guarded(() -> {
            LinkStream streaming = stream;
            if (streaming != null) {
                streaming.take(bytes);
                holdBack();
                return;
            }
            Transfer current = transfer;
            if (current != null && current.hasBegun()) {
                current.receive(bytes);
            }
            input.append(bytes);
            digest();
        });
    }

    private void settle() {
        LinkStream streaming = stream;
        if (streaming != null) {
            guarded(() -> {
                streaming.settle();
                holdBack();
            });
        }
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (Handshake.RefusedException e) {
            LOG.warn("primary refuses this replica primary={}:{} reason=\"{}\"", host, port, e.getMessage());
            disconnect(String.valueOf(e.getMessage()));
        } catch (StreamEndedException e) {
            stop();
        } catch (StreamFormatException e) {
            damaged(e);
        } catch (UnitFailedException e) {
            engine.applier().stop(e.command(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            disconnect(e.toString());
        } catch (RuntimeException e) {
            LOG.error("stream cannot be taken primary={}:{} offset={}", host, port, engine.offset(), e);
            backoffMillis = Math.max(backoffMillis, BACKOFF_MOST_MILLIS / 2); // it will most likely fail again
            disconnect(String.valueOf(e.getMessage()));
        }
    }

    private void digest() throws IOException, Handshake.RefusedException {
        while (state == LinkState.HANDSHAKE
                || state == LinkState.PSYNC
                || (state == LinkState.TRANSFER && transfer != null && !transfer.hasBegun())) {
            String line = input.line();
            if (line == null) {
                return;
            }
            if (!line.isEmpty()) {
                answered(line);
            }
        }
        if (state == LinkState.TRANSFER && transfer != null) {
            transfer.receive(input.unread());
        } else if (state == LinkState.CONNECTED && stream != null) {
            stream.take(input.unread());
        }
    }

    private void answered(String line) throws IOException, Handshake.RefusedException {
        Handshake shaking = handshake;
        if (state == LinkState.HANDSHAKE && shaking != null) {
            shaking.answered(line).forEach(this::send);
            if (shaking.isDone()) {
                handshake = null;
                synchronize();
            }
        } else if (state == LinkState.PSYNC) {
            psyncAnswered(line);
        } else if (transfer != null) {
            transfer.announced(line);
        }
    }

    private void synchronize() {
        state(LinkState.PSYNC, "handshake done");
        if (askForAll) {
            send(Handshake.command("PSYNC", "?", "-1"));
        } else {
            LogIdentity own = engine.identity();
            send(Handshake.command("PSYNC", own.id(), Long.toString(engine.offset() + 1)));
        }
    }

    private void psyncAnswered(String line) throws IOException, Handshake.RefusedException {
        String[] words = line.split(" ", -1);
        switch (words[0].toUpperCase(Locale.ROOT)) {
            case "+CONTINUE" -> continues(words.length > 1 ? words[1] : null);
            case "+FULLRESYNC" -> fullResync(words, line);
            case "-NOMASTERLINK", "-LOADING", "-MASTERDOWN" -> disconnect("primary answers PSYNC with " + line);
            default -> {
                if (line.startsWith("-NOAUTH") || line.startsWith("-NOPERM")) {
                    throw new Handshake.RefusedException("primary wants other credentials, see masterauth and"
                            + " masteruser: it answers PSYNC with " + line);
                }
                if (line.startsWith("-")) {
                    if (line.contains("NOMASTERLINK")) {
                        disconnect("primary answers PSYNC with " + line);
                        return;
                    }
                    LOG.warn("primary has no PSYNC, sending SYNC primary={}:{} answer=\"{}\"", host, port, line);
                    beginTransfer(LogIdentity.of(engine.options().newId().get()), 0);
                    send(ByteBuffer.wrap("SYNC\r\n".getBytes(StandardCharsets.US_ASCII)));
                } else {
                    throw new IOException("primary answers PSYNC with \"" + line + "\"");
                }
            }
        }
    }

    private void continues(@Nullable String id) throws IOException {
        String before = engine.identity().id();
        if (id != null && !id.equals(before)) {
            if (!engine.adopt(id, this::isFollowed)) {
                return;
            }
            history.historyChanged("primary continues under id " + id);
        }
        partials.incrementAndGet();
        goOnline("partial resynchronization");
    }

    /** Whether this link still decides on the keyspace: the role may change while an answer is dealt with. */
    private boolean isFollowed() {
        return !stopped && engine.isReplica();
    }

    private void goOnline(String reason) throws IOException {
        backoffMillis = BACKOFF_FIRST_MILLIS;
        askForAll = false;
        int current = attempt;
        stream = streams.open(() -> current == attempt && isFollowed(), this::acknowledge);
        state(LinkState.CONNECTED, reason);
        acknowledge();
    }

    // ---- snapshot

    private void fullResync(String[] words, String line) throws IOException {
        if (words.length < 3) {
            throw new IOException("primary answers PSYNC with \"" + line + "\"");
        }
        LogIdentity identity;
        long offset;
        try {
            identity = LogIdentity.of(words[1]);
            offset = Long.parseLong(words[2]);
        } catch (IllegalArgumentException e) {
            throw new IOException("primary answers PSYNC with \"" + line + "\"", e);
        }
        LogIdentity own = engine.identity();
        LOG.info(
                "full resynchronization primary={}:{} id={} offset={} own_id={} own_previous={} own_offset={}",
                host,
                port,
                identity.id(),
                offset,
                own.id(),
                own.previousId(),
                engine.offset());
        beginTransfer(identity, offset);
    }

    private void beginTransfer(LogIdentity identity, long offset) {
        transfer = new Transfer(context, identity, offset, new Received());
        state(LinkState.TRANSFER, "snapshot awaited");
    }

    private final class Received implements Transfer.Events {
        @Override
        public void reading(boolean on) {
            PeerChannel open = channel;
            if (open != null) {
                open.reading(on);
            }
        }

        @Override
        public void received(Staging staging, ByteBuffer rest, long keys, long bytes) {
            if (stopped) {
                staging.close();
            } else {
                install(staging, rest, keys, bytes);
            }
        }

        @Override
        public void failed(Exception cause) {
            LOG.error(
                    "snapshot refused, the old data stays primary={}:{} reason=\"{}\"",
                    host,
                    port,
                    cause.getMessage(),
                    cause);
            backoffMillis = Math.max(backoffMillis, BACKOFF_MOST_MILLIS / 2);
            disconnect("snapshot refused: " + cause.getMessage());
        }
    }

    private void install(Staging staging, ByteBuffer rest, long keys, long bytes) {
        transfer = null;
        state(LinkState.INSTALL, "keys=" + keys + " bytes=" + bytes);
        try {
            history.historyChanged("keyspace replaced by a full resynchronization");
            if (!engine.install(staging, this::isFollowed)) {
                return;
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("snapshot could not be put in place primary={}:{}", host, port, e);
            staging.close();
            disconnect("snapshot could not be put in place: " + e.getMessage());
            return;
        }
        fulls.incrementAndGet();
        ByteBuffer behind = ByteBuffer.allocate(
                        rest.remaining() + input.unread().remaining())
                .put(rest)
                .put(input.unread())
                .flip();
        input.clear();
        guarded(() -> goOnline("full resynchronization"));
        PeerChannel open = channel;
        if (open != null) {
            open.reading(true);
        }
        if (behind.hasRemaining()) {
            take(behind);
            settle();
        }
    }

    // ---- stream

    private void acknowledge() {
        acknowledge(engine.applied());
    }

    private void acknowledge(long offset) {
        ackedMillis = wallMillis.getAsLong();
        send(Handshake.command("REPLCONF", "ACK", Long.toString(offset)));
    }

    private long lagBytesMax() {
        return Math.min(LAG_BYTES_MAX, settings.get().replicaLogBytesMax() / 2);
    }

    /** Stops reading while too much is logged and not applied, or there is no space for more. */
    private void holdBack() {
        boolean noSpace = engine.handle().writeError() != null;
        if (!held && (noSpace || engine.applier().lagBytes() > lagBytesMax())) {
            hold(true, noSpace ? "disk is nearly full" : "too much waits to be applied");
        }
    }

    private void release() {
        if (held
                && engine.applier().lagBytes() <= lagBytesMax() / 2
                && engine.handle().writeError() == null) {
            heardMillis = wallMillis.getAsLong();
            hold(false, "there is room again");
        }
    }

    private void hold(boolean now, String reason) {
        PeerChannel open = channel;
        if (open != null) {
            held = now;
            open.reading(!now);
            String what = now ? "reads no more" : "reads again";
            LOG.info("link {} offset={} applied={} reason=\"{}\"", what, engine.offset(), engine.applied(), reason);
        }
    }

    private void halt(Applier.Stop stop) {
        boolean beingReplaced = state == LinkState.TRANSFER || state == LinkState.INSTALL;
        if (!stopped && !beingReplaced && isHalted()) {
            disconnect("offset " + stop.offset() + ", command " + stop.command() + ": " + stop.reason());
        }
    }

    /** Comes from the applier's thread to the link's. */
    private final class Applied implements Applier.Listener {
        @Override
        public void acknowledgementWanted(long offset) {
            connector.execute(() -> {
                if (state == LinkState.CONNECTED) {
                    acknowledge(offset);
                }
            });
        }

        @Override
        public void applied() {
            if (held) {
                connector.execute(ReplicaLink.this::release);
            }
        }

        @Override
        public void stopped(Applier.Stop stop) {
            connector.execute(() -> halt(stop));
        }
    }

    /** Bytes that are no commands: tried again from the same offset, then everything anew. */
    private void damaged(StreamFormatException e) {
        long offset = engine.offset();
        damagedTimes = offset == damagedOffset ? damagedTimes + 1 : 1;
        damagedOffset = offset;
        if (damagedTimes >= DAMAGED_ATTEMPTS) {
            askForAll = true;
            damagedTimes = 0;
        }
        LOG.error(
                "stream is damaged primary={}:{} id={} offset={} times={} ask_for_all={}",
                host,
                port,
                engine.identity().id(),
                offset,
                damagedTimes,
                askForAll,
                e);
        disconnect("stream is damaged: " + e.getMessage());
    }
}
