package io.cairn.replication.replica;

import io.cairn.engine.Engine;
import io.cairn.engine.Staging;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.engine.stream.StreamEndedException;
import io.cairn.engine.stream.StreamFormatException;
import io.cairn.replication.PeerChannel;
import io.cairn.replication.ReplicationSettings;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Executor;
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
 * </pre>
 *
 * Stream bytes are applied in whole units and logged verbatim under the same offsets; the offset is acknowledged each
 * second and when the primary asks. Until a snapshot is stored in full the old keyspace stays as it was.
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
    private static final int MARK_BYTES = 40;
    private static final long BACKOFF_FIRST_MILLIS = 100;
    private static final long BACKOFF_MOST_MILLIS = 5_000;
    private static final long ACK_MILLIS = 1_000;
    private static final int DAMAGED_ATTEMPTS = 3;

    private final String host;
    private final int port;
    private final Engine engine;
    private final CommandExecutor executor;
    private final Turn turn;
    private final Connector connector;
    private final Executor snapshots;
    private final Supplier<ReplicationSettings> settings;
    private final LongSupplier wallMillis;
    private final LongSupplier random;
    private final HistoryListener history;

    private volatile LinkState state = LinkState.CONNECT;
    private volatile long heardMillis;
    private volatile long downSinceMillis;
    private volatile boolean stopped;
    private volatile long transferTotalBytes = -1;
    private final AtomicLong transferReadBytes = new AtomicLong();
    private final AtomicLong partials = new AtomicLong();
    private final AtomicLong fulls = new AtomicLong();

    private @Nullable PeerChannel channel;
    private int attempt;
    private long connectAtMillis;
    private long backoffMillis = BACKOFF_FIRST_MILLIS;
    private @Nullable Handshake handshake;
    private final LinkInput input = new LinkInput();
    private @Nullable LogIdentity fullIdentity;
    private long fullOffset;
    private @Nullable SnapshotReception reception;
    private boolean headerRead;
    private long transferLeftBytes;
    private @Nullable StreamApplier applier;
    private long ackedMillis;
    private long damagedOffset = -1;
    private int damagedTimes;
    private boolean askForAll;

    /** A link that is not started yet. */
    public ReplicaLink(String host, int port, LinkContext context, HistoryListener history) {
        this.host = host;
        this.port = port;
        this.engine = context.engine();
        this.executor = context.executor();
        this.turn = context.turn();
        this.connector = context.connector();
        this.snapshots = context.snapshots();
        this.settings = context.settings();
        this.wallMillis = context.wallMillis();
        this.random = context.random();
        this.history = history;
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
        return transferTotalBytes;
    }

    /** Bytes received of the snapshot under way. */
    public long transferReadBytes() {
        return transferReadBytes.get();
    }

    /** Times that this link continued where it was. */
    public long partials() {
        return partials.get();
    }

    /** Times that this link received everything. */
    public long fulls() {
        return fulls.get();
    }

    // ---- life

    /** Begins; any thread. */
    public void start() {
        connector.execute(this::connect);
    }

    /** Ends for good; any thread. What is under way is thrown away, what was applied stays. */
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
                SnapshotReception receiving = reception;
                if (receiving != null && !receiving.isStarved()) {
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
                if (now - heardMillis > timeout) {
                    disconnect("nothing heard from the primary for " + timeout + " ms");
                } else if (now - ackedMillis >= ACK_MILLIS) {
                    acknowledge();
                }
            }
            case NONE -> {}
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
        SnapshotReception receiving = reception;
        reception = null;
        if (receiving != null) {
            receiving.cancel();
        }
        applier = null;
        handshake = null;
        input.clear();
        if (state == LinkState.CONNECTED) {
            downSinceMillis = wallMillis.getAsLong();
        }
        if (stopped) {
            state(LinkState.NONE, reason);
            return;
        }
        long jitter = Math.floorMod(random.getAsLong(), backoffMillis);
        connectAtMillis = wallMillis.getAsLong() + backoffMillis / 2 + jitter / 2;
        backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MOST_MILLIS);
        state(LinkState.CONNECT, reason);
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

    private void take(ByteBuffer bytes) {
        heardMillis = wallMillis.getAsLong();
        try {
            if (state == LinkState.TRANSFER && headerRead) {
                receive(bytes);
            }
            input.append(bytes);
            digest();
        } catch (Handshake.RefusedException e) {
            LOG.warn("primary refuses this replica primary={}:{} reason=\"{}\"", host, port, e.getMessage());
            disconnect(String.valueOf(e.getMessage()));
        } catch (StreamEndedException e) {
            stop();
        } catch (StreamFormatException e) {
            damaged(e);
        } catch (StorageException e) {
            unappliable(e);
        } catch (IOException e) {
            disconnect(e.toString());
        } catch (RuntimeException e) {
            unappliable(e); // a command's handler failed: nothing of its unit is applied
        }
    }

    /** It will most likely fail again, so not at once. */
    private void unappliable(RuntimeException e) {
        LOG.error("stream cannot be applied primary={}:{} offset={}", host, port, engine.offset(), e);
        backoffMillis = Math.max(backoffMillis, BACKOFF_MOST_MILLIS / 2);
        disconnect(String.valueOf(e.getMessage()));
    }

    private void digest() throws IOException, Handshake.RefusedException {
        while (state == LinkState.HANDSHAKE
                || state == LinkState.PSYNC
                || (state == LinkState.TRANSFER && !headerRead)) {
            String line = input.line();
            if (line == null) {
                return;
            }
            if (!line.isEmpty()) {
                answered(line);
            }
        }
        if (state == LinkState.TRANSFER && transferLeftBytes > 0) {
            receive(input.unread());
        } else if (state == LinkState.CONNECTED) {
            apply();
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
        } else {
            transferBegins(line);
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
                    fullIdentity = LogIdentity.of(engine.options().newId().get());
                    fullOffset = 0;
                    beginTransfer();
                    send(ByteBuffer.wrap("SYNC\r\n".getBytes(StandardCharsets.US_ASCII)));
                } else {
                    throw new IOException("primary answers PSYNC with \"" + line + "\"");
                }
            }
        }
    }

    private void continues(@Nullable String id) {
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

    private void goOnline(String reason) {
        backoffMillis = BACKOFF_FIRST_MILLIS;
        askForAll = false;
        int streamDb = engine.keyspace().state().streamDb();
        int current = attempt;
        applier = new StreamApplier(
                turn,
                executor,
                new StreamApplier.Control() {
                    @Override
                    public void acknowledgementWanted() {
                        acknowledge();
                    }

                    @Override
                    public boolean isCurrent() {
                        return current == attempt && isFollowed();
                    }
                },
                streamDb);
        state(LinkState.CONNECTED, reason);
        acknowledge();
    }

    // ---- snapshot

    private void fullResync(String[] words, String line) throws IOException {
        if (words.length < 3) {
            throw new IOException("primary answers PSYNC with \"" + line + "\"");
        }
        try {
            fullIdentity = LogIdentity.of(words[1]);
            fullOffset = Long.parseLong(words[2]);
        } catch (IllegalArgumentException e) {
            throw new IOException("primary answers PSYNC with \"" + line + "\"", e);
        }
        LogIdentity own = engine.identity();
        LOG.info(
                "full resynchronization primary={}:{} id={} offset={} own_id={} own_previous={} own_offset={}",
                host,
                port,
                words[1],
                fullOffset,
                own.id(),
                own.previousId(),
                engine.offset());
        beginTransfer();
    }

    private void beginTransfer() {
        headerRead = false;
        transferTotalBytes = -1;
        transferReadBytes.set(0);
        state(LinkState.TRANSFER, "snapshot awaited");
    }

    private void transferBegins(String line) throws IOException {
        LogIdentity identity = fullIdentity;
        if (line.startsWith("-") || !line.startsWith("$") || identity == null) {
            throw new IOException("primary sends \"" + line + "\" instead of a snapshot");
        }
        byte @Nullable [] mark = null;
        if (line.startsWith("$EOF:")) {
            mark = line.substring(5).getBytes(StandardCharsets.US_ASCII);
            if (mark.length != MARK_BYTES) {
                throw new IOException("primary announces a snapshot with a mark of " + mark.length + " bytes");
            }
            transferLeftBytes = Long.MAX_VALUE;
        } else {
            try {
                transferLeftBytes = Long.parseLong(line.substring(1));
            } catch (NumberFormatException e) {
                throw new IOException("primary sends \"" + line + "\" instead of a snapshot's length", e);
            }
            transferTotalBytes = transferLeftBytes;
        }
        headerRead = true;
        SnapshotReception begun = new SnapshotReception(
                engine, identity, fullOffset, mark, settings.get().databases(), new Received(attempt));
        reception = begun;
        snapshots.execute(begun);
    }

    /** Hands snapshot bytes on; what follows a snapshot of known length stays in the input. */
    private void receive(ByteBuffer bytes) {
        SnapshotReception receiving = reception;
        if (receiving == null || transferLeftBytes == 0) {
            return;
        }
        int mine = (int) Math.min(bytes.remaining(), transferLeftBytes);
        if (mine > 0) {
            ByteBuffer part = bytes.slice(bytes.position(), mine);
            bytes.position(bytes.position() + mine);
            transferReadBytes.addAndGet(mine);
            if (transferTotalBytes >= 0) {
                transferLeftBytes -= mine;
            }
            PeerChannel open = channel;
            if (!receiving.offer(part) && open != null) {
                open.reading(false);
            }
        }
        if (transferLeftBytes == 0) {
            receiving.end();
            PeerChannel open = channel;
            if (open != null) {
                open.reading(false); // the socket keeps what follows until the keyspace is in place
            }
        }
    }

    /** Comes back from the snapshot thread to the link thread. */
    private final class Received implements SnapshotReception.Outcome {
        private final int ofAttempt;

        Received(int ofAttempt) {
            this.ofAttempt = ofAttempt;
        }

        private void onLink(Runnable task, Runnable otherwise) {
            connector.execute(() -> {
                if (ofAttempt == attempt && !stopped) {
                    task.run();
                } else {
                    otherwise.run();
                }
            });
        }

        @Override
        public void hasRoom() {
            onLink(
                    () -> {
                        PeerChannel open = channel;
                        if (open != null && transferLeftBytes > 0) {
                            open.reading(true);
                        }
                    },
                    () -> {});
        }

        @Override
        public void complete(Staging staging, ByteBuffer rest, long keys, long bytes) {
            onLink(() -> install(staging, rest, keys, bytes), staging::close);
        }

        @Override
        public void failed(Exception cause) {
            onLink(
                    () -> {
                        LOG.error(
                                "snapshot refused, the old data stays primary={}:{} reason=\"{}\"",
                                host,
                                port,
                                cause.getMessage(),
                                cause);
                        reception = null;
                        backoffMillis = Math.max(backoffMillis, BACKOFF_MOST_MILLIS / 2);
                        disconnect("snapshot refused: " + cause.getMessage());
                    },
                    () -> {});
        }
    }

    private void install(Staging staging, ByteBuffer rest, long keys, long bytes) {
        reception = null;
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
        goOnline("full resynchronization");
        PeerChannel open = channel;
        if (open != null) {
            open.reading(true);
        }
        if (behind.hasRemaining()) {
            take(behind);
        }
    }

    // ---- stream

    private void apply() {
        StreamApplier applying = applier;
        if (applying != null && input.unread().hasRemaining()) {
            applying.apply(input.unread(), wallMillis.getAsLong());
        }
    }

    private void acknowledge() {
        ackedMillis = wallMillis.getAsLong();
        send(Handshake.command(
                "REPLCONF", "ACK", Long.toString(engine.keyspace().state().offset())));
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
