package io.cairn.server.replication;

import io.cairn.replication.PeerChannel;
import io.cairn.wal.Region;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket to another node. It bounds what is on its way: file regions cost no memory, but a queue of them would.
 *
 * <p><i>Confined to the channel's event loop</i>, but for what {@link PeerChannel} lets any thread call.
 */
final class SocketPeer implements PeerChannel {
    private static final Logger LOG = LoggerFactory.getLogger(SocketPeer.class);
    private static final long ON_THEIR_WAY_MAX_BYTES = 1 << 20;

    /** A stretch of a log file that goes out with sendfile; the segment is let go of when it is sent, not closed. */
    private static final class LogRegion extends DefaultFileRegion {
        private final Region region;

        LogRegion(Region region) {
            super(region.channel(), region.filePosition(), region.length());
            this.region = region;
        }

        @Override
        protected void deallocate() {
            try {
                region.release();
            } catch (IOException e) {
                LOG.warn("segment of the log could not be let go of position={}", region.position(), e);
            }
        }
    }

    private final Channel channel;
    private Runnable onWritable = () -> {};
    private long onTheirWayBytes;

    SocketPeer(Channel channel) {
        this.channel = channel;
    }

    /** Called on the event loop whenever the connection takes more after it did not. */
    void onWritable(Runnable listener) {
        onWritable = listener;
    }

    @Override
    public void send(ByteBuffer bytes) {
        write(Unpooled.wrappedBuffer(bytes), bytes.remaining());
    }

    @Override
    public void send(Region region) {
        write(new LogRegion(region), region.length());
    }

    private void write(Object message, int bytes) {
        onTheirWayBytes += bytes;
        channel.writeAndFlush(message).addListener(sent -> {
            boolean wasFull = !isWritable();
            onTheirWayBytes -= bytes;
            if (!sent.isSuccess()) {
                channel.close();
            } else if (wasFull && isWritable()) {
                onWritable.run();
            }
        });
    }

    @Override
    public boolean isWritable() {
        return onTheirWayBytes < ON_THEIR_WAY_MAX_BYTES && channel.isActive();
    }

    @Override
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void execute(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop has ended, task dropped", e);
        }
    }

    @Override
    public String remoteHost() {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "";
    }
}
