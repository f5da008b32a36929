package io.cairn.replication.simulation;

import io.cairn.replication.PeerChannel;
import io.cairn.wal.Region;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * A connection between two nodes: what one end sends arrives at the other in order, in pieces, after a while; a cut loses
 * what is on its way.
 *
 * <p><i>Confined to the scheduler's thread</i>, but for what {@link PeerChannel} lets any thread call.
 */
final class Pipe {
    /** Hears what arrives at an end. */
    interface Receiver {
        void received(ByteBuffer bytes);

        void settled();

        void closed();

        void writable();
    }

    /** One end. */
    final class End implements PeerChannel {
        private final SimulatedNode node;
        private Receiver receiver;
        private End other;
        private ByteBuffer unread = ByteBuffer.allocate(0);
        private boolean reading = true;
        private long arrivesMillis;
        private int onTheirWay;

        End(SimulatedNode node) {
            this.node = node;
        }

        void receiver(Receiver hears) {
            receiver = hears;
        }

        @Override
        public void send(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            arrivesMillis =
                    Math.max(arrivesMillis, world.millis()) + world.random().nextInt(3);
            onTheirWay += copy.length;
            world.after(arrivesMillis - world.millis(), () -> {
                onTheirWay -= copy.length;
                if (open) {
                    other.arrived(copy);
                    receiver.writable();
                }
            });
        }

        @Override
        public void send(Region region) {
            ByteBuffer bytes = ByteBuffer.allocate(region.length());
            try {
                while (bytes.hasRemaining()) {
                    if (region.channel().read(bytes, region.filePosition() + bytes.position()) < 0) {
                        throw new IOException("region reaches behind its file");
                    }
                }
                region.release();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            send(bytes.flip());
        }

        private void arrived(byte[] bytes) {
            ByteBuffer all = ByteBuffer.allocate(unread.remaining() + bytes.length);
            unread = all.put(unread).put(bytes).flip();
            deliver();
        }

        private void deliver() {
            while (open && reading && unread.hasRemaining()) {
                int piece = 1 + world.random().nextInt(Math.min(unread.remaining(), 4096));
                ByteBuffer part = unread.slice(unread.position(), piece);
                unread.position(unread.position() + piece);
                receiver.received(part);
            }
            if (open) {
                receiver.settled();
            }
        }

        @Override
        public boolean isWritable() {
            return open && onTheirWay < 20_000;
        }

        @Override
        public void reading(boolean on) {
            reading = on;
            if (on) {
                world.post(this::deliver);
            }
        }

        @Override
        public void close() {
            world.post(Pipe.this::cut);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void execute(Runnable task) {
            world.post(task);
        }

        @Override
        public String remoteHost() {
            return "127.0.0.1";
        }
    }

    private final World world;
    private final End client;
    private final End server;
    private volatile boolean open = true;

    Pipe(World world, SimulatedNode from, SimulatedNode to) {
        this.world = world;
        client = new End(from);
        server = new End(to);
        client.other = server;
        server.other = client;
    }

    End client() {
        return client;
    }

    End server() {
        return server;
    }

    boolean isOpen() {
        return open;
    }

    boolean joins(SimulatedNode node) {
        return client.node == node || server.node == node;
    }

    void cut() {
        if (open) {
            open = false;
            world.post(client.receiver::closed);
            world.post(server.receiver::closed);
        }
    }
}
