package io.cairn.replication.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cairn.engine.Checkpoint;
import io.cairn.engine.Engine;
import io.cairn.engine.EngineOptions;
import io.cairn.engine.LiveCopy;
import io.cairn.engine.Seed;
import io.cairn.engine.SimpleCommands;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.StreamParser;
import io.cairn.replication.Replication;
import io.cairn.replication.ReplicationSettings;
import io.cairn.replication.primary.ReplicaFeed;
import io.cairn.replication.primary.ReplicaFeeds;
import io.cairn.replication.primary.ReplicaHello;
import io.cairn.replication.replica.Connector;
import io.cairn.replication.replica.LinkContext;
import io.cairn.snapshot.digest.DumpDiff;
import io.cairn.wal.Wal;
import io.cairn.wal.WalReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A node of a simulation: an engine on disk, its replication, and the few commands of a primary's handshake.
 *
 * <p><i>Confined to the scheduler's thread.</i>
 */
final class SimulatedNode {
    /** So little that a replica with much to apply does not read on, now and then. */
    private static final long LOG_BYTES_MAX = 40_000;

    private final World world;
    private final int port;
    private final Path home;
    private final boolean memory;
    private final SimpleCommands commands = new SimpleCommands();
    private Engine engine;
    private Replication replication;
    private Turn turn;
    private Path directory;
    private int lives;
    private boolean up;
    private boolean stalled;
    private int followedPort;

    SimulatedNode(World world, int port, Path directory, boolean memory) throws IOException {
        this.world = world;
        this.port = port;
        this.home = directory;
        this.directory = directory;
        this.memory = memory;
        start();
    }

    void start() throws IOException {
        EngineOptions defaults = EngineOptions.defaults(directory);
        EngineOptions chosen = memory ? defaults.inMemory(true) : defaults;
        EngineOptions options = new EngineOptions(
                directory,
                chosen.memory(),
                true,
                4,
                chosen.wal().withSegmentBytes(4096),
                chosen.rocks(),
                chosen.replayBytesMax(),
                0,
                world::millis,
                chosen.newId(),
                Limits.DEFAULT);
        engine = Engine.open(options, commands, Seed.NONE);
        turn = new Turn(engine.handle(), true);
        ReplicationSettings settings = new ReplicationSettings(
                port, null, null, null, 5_000, 1_000, world.random().nextBoolean(), 0, LOG_BYTES_MAX, 4);
        ReplicaFeeds feeds = new ReplicaFeeds(engine, () -> settings, world::snapshot, world::millis);
        replication = new Replication(
                engine,
                feeds,
                new LinkContext(
                        engine,
                        commands,
                        new Turn(engine.handle(), true),
                        new Network(),
                        world::snapshot,
                        () -> settings,
                        world::millis,
                        world.random()::nextLong));
        up = true;
        world.listen(port, this);
        if (followedPort != 0) {
            follow(followedPort);
        } else if (engine.isReplica()) {
            replication.promote();
        }
        Replication ticked = replication;
        tick(ticked);
        apply(engine);
    }

    /** The applier: an actor of its own, which is mostly near the log's end, and sometimes far behind. */
    private void apply(Engine of) {
        if (up && of == engine) {
            if (!stalled) {
                of.applier().runOnce(1 + world.random().nextInt(5_000));
            }
            boolean pauses = world.random().nextInt(50) == 0;
            world.after(
                    pauses ? world.random().nextInt(1_000) : 1 + world.random().nextInt(20), () -> apply(of));
        }
    }

    /** Keeps the applier from going on, or lets it. */
    void stall(boolean on) {
        stalled = on;
    }

    long lagBytes() {
        return engine.applier().lagBytes();
    }

    private void tick(Replication ticked) {
        if (up && ticked == replication) {
            ticked.tick();
            world.after(100, () -> tick(ticked));
        }
    }

    void stop() throws IOException, InterruptedException {
        up = false;
        world.unlisten(port);
        replication.close();
        world.cutAllOf(this);
        world.run(0);
        engine.close();
    }

    /** Dies: what a killed process leaves is what the next life begins with. */
    void crash() throws IOException, InterruptedException {
        Path left = home.resolveSibling(home.getFileName() + "-life-" + ++lives);
        LiveCopy.take(directory, left);
        stop();
        directory = left;
    }

    boolean isInMemory() {
        return memory;
    }

    boolean isUp() {
        return up;
    }

    int port() {
        return port;
    }

    Engine engine() {
        return engine;
    }

    boolean isPrimary() {
        return !engine.isReplica();
    }

    boolean isCaughtUpWith(SimulatedNode other) {
        return engine.identity().id().equals(other.engine.identity().id())
                && engine.offset() == other.engine.offset()
                && engine.applied() == engine.offset();
    }

    void follow(int primaryPort) {
        followedPort = primaryPort;
        replication.follow("127.0.0.1", primaryPort);
    }

    void promote() {
        followedPort = 0;
        replication.promote();
    }

    void write(String... words) {
        commands.run(turn, world.millis(), world.random().nextInt(2), words);
        turn.commit();
    }

    /** Keys that differ between this node and another. */
    List<String> differences(SimulatedNode other) throws IOException {
        DumpDiff diff = new DumpDiff();
        try (Checkpoint own = engine.checkpoint("own");
                Checkpoint others = other.engine.checkpoint("other")) {
            own.drain(diff.left());
            others.drain(diff.right());
        }
        return diff.differences(5);
    }

    /** Log bytes from {@code from} to {@code to}. */
    byte[] logBytes(long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (to - from));
        try (WalReader reader = wal().reader(from)) {
            while (bytes.hasRemaining()) {
                if (reader.read(bytes) == 0) {
                    throw new IOException("log ends before " + to);
                }
            }
        }
        return bytes.array();
    }

    Wal wal() {
        return Objects.requireNonNull(engine.wal());
    }

    /** Connects to other nodes. */
    private final class Network implements Connector {
        @Override
        public void connect(String host, int toPort, Events events) {
            SimulatedNode other = world.at(toPort);
            if (other == null || world.random().nextInt(10) == 0) {
                world.after(5, () -> events.closed("refused"));
                return;
            }
            Pipe pipe = new Pipe(world, SimulatedNode.this, other);
            world.opened(pipe);
            pipe.client().receiver(new Pipe.Receiver() {
                @Override
                public void received(ByteBuffer bytes) {
                    events.received(bytes);
                }

                @Override
                public void settled() {
                    events.settled();
                }

                @Override
                public void closed() {
                    events.closed("cut");
                }

                @Override
                public void writable() {
                    // a replica sends little
                }
            });
            pipe.server().receiver(other.new Client(pipe.server()));
            world.after(1, () -> events.connected(pipe.client()));
        }

        @Override
        public void execute(Runnable task) {
            world.post(task);
        }
    }

    /** A replica's connection, as a server would handle it. */
    private final class Client implements Pipe.Receiver {
        private final Pipe.End end;
        private final StreamParser parser = new StreamParser();
        private ByteBuffer pending = ByteBuffer.allocate(0);
        private ReplicaFeed feed;

        Client(Pipe.End end) {
            this.end = end;
        }

        @Override
        public void received(ByteBuffer bytes) {
            pending = ByteBuffer.allocate(pending.remaining() + bytes.remaining())
                    .put(pending)
                    .put(bytes)
                    .flip();
            for (byte[][] args = parser.next(pending); args != null; args = parser.next(pending)) {
                command(args);
            }
        }

        private void command(byte[][] args) {
            String name = args.length == 0 ? "" : new String(args[0], US_ASCII).toUpperCase(Locale.ROOT);
            switch (name) {
                case "" -> keepalive();
                case "PING" -> reply("+PONG\r\n");
                case "PSYNC" -> psync(args);
                case "REPLCONF" -> replconf(args);
                default -> reply("-ERR unknown command\r\n");
            }
        }

        private void keepalive() {
            if (feed != null) {
                feed.onKeepalive(world.millis());
            }
        }

        private void replconf(byte[][] args) {
            if (feed == null) {
                reply("+OK\r\n");
            } else {
                feed.onAck(Long.parseLong(new String(args[2], US_ASCII)), world.millis());
            }
        }

        private void psync(byte[][] args) {
            if (replication.isLinkDown()) {
                reply("-NOMASTERLINK Can't SYNC while not connected with my master\r\n");
                return;
            }
            feed = replication.accept(
                    end,
                    new ReplicaHello(1, null, world.random().nextBoolean(), true, false, true),
                    new String(args[1], US_ASCII),
                    Long.parseLong(new String(args[2], US_ASCII)));
        }

        private void reply(String line) {
            end.send(ByteBuffer.wrap(line.getBytes(US_ASCII)));
        }

        @Override
        public void settled() {
            // commands are run as they come
        }

        @Override
        public void closed() {
            if (feed != null) {
                feed.onClosed();
            }
        }

        @Override
        public void writable() {
            if (feed != null) {
                feed.onWritable();
            }
        }
    }
}
