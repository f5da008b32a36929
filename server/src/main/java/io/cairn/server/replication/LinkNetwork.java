package io.cairn.server.replication;

import io.cairn.replication.replica.Connector;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to a primary, all on the one thread {@code link}, which also appends the stream to the log: it may
 * wait for the disk, and nobody else's sockets are on it.
 *
 * <p><i>Thread-safe.</i>
 */
final class LinkNetwork implements Connector, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkNetwork.class);
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int RECEIVE_BUFFER_BYTES = 256 << 10;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, LinkNetwork::thread, NioIoHandler.newFactory());

    private static Thread thread(Runnable work) {
        Thread thread = new FastThreadLocalThread(work, "link");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void connect(String host, int port, Events events) {
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new io.netty.channel.AdaptiveRecvByteBufAllocator(
                                4096, RECEIVE_BUFFER_BYTES / 4, RECEIVE_BUFFER_BYTES))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Input(events));
                    }
                })
                .connect(host, port)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        events.closed("cannot connect: " + connected.cause().getMessage());
                    }
                });
    }

    private static final class Input extends ChannelInboundHandlerAdapter {
        private final Events events;

        Input(Events events) {
            this.events = events;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            events.connected(new SocketPeer(ctx.channel()));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                events.received(in.nioBuffer());
            } finally {
                in.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            events.settled();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.closed("connection to the primary ended");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof java.io.IOException)) {
                LOG.error("link failed", cause);
            }
            events.closed("connection to the primary failed: " + cause);
            ctx.close();
        }
    }

    @Override
    public void execute(Runnable task) {
        try {
            group.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("link thread has ended, task dropped", e);
        }
    }

    /** Runs a task again and again on the link's thread. */
    void every(long periodMillis, Runnable task) {
        group.scheduleAtFixedRate(() -> run(task), periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    /** A task that throws once would never be run again. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("replication tick failed", e);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
