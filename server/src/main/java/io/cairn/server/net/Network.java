package io.cairn.server.net;

import io.cairn.server.dispatch.Execution;
import io.cairn.server.session.Session;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops {@code io-N}, the sockets that they listen on and the connections that they accept.
 *
 * <p>Life cycle: made with its loops running; {@link #listen} for each address; {@link #close}.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Network implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Network.class);
    private static final int MIN_READ_BYTES = 2 << 10;
    private static final int FIRST_READ_BYTES = 8 << 10;
    private static final int MAX_READ_BYTES = 64 << 10;
    private static final WriteBufferWaterMark OUTBOUND = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final long TICK_MILLIS = 100;

    private final LoopServices services;
    private final Transport transport;
    private final EventLoopGroup group;
    private final IdentityHashMap<EventLoop, Loop> loops = new IdentityHashMap<>();
    private final List<Channel> listeners = new ArrayList<>();
    private final NetworkOptions options;

    /** Starts {@code threads} event loops. */
    public Network(LoopServices services, Transport transport, int threads, NetworkOptions options) {
        this.services = services;
        this.transport = transport;
        this.options = options;
        group = new MultiThreadIoEventLoopGroup(threads, threadNames(), transport.handlers());
        for (EventExecutor executor : group) {
            EventLoop eventLoop = (EventLoop) executor;
            Loop loop = new Loop(services, eventLoop);
            loops.put(eventLoop, loop);
            eventLoop.scheduleAtFixedRate(() -> tick(loop), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
        services.pause().onEnd(() -> loops.values().forEach(Loop::unpause));
    }

    private static ThreadFactory threadNames() {
        AtomicInteger number = new AtomicInteger();
        return task -> new Thread(null, task, "io-" + number.incrementAndGet(), Execution.STACK_BYTES);
    }

    private void tick(Loop loop) {
        long now = System.currentTimeMillis();
        services.pause().tick(now);
        services.rates().sample(now);
        loop.closeOverrun(now);
        long idleSeconds = services.clients().idleSeconds();
        if (idleSeconds > 0) {
            loop.closeIdle(now, TimeUnit.SECONDS.toMillis(idleSeconds));
        }
    }

    /**
     * Accepts connections at an address.
     *
     * @return the port, which the system chose if {@code port} is 0
     */
    public int listen(InetAddress address, int port) throws IOException {
        ServerBootstrap bootstrap = bootstrap().channel(transport.serverChannel());
        bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        bootstrap.childOption(ChannelOption.SO_KEEPALIVE, options.keepAlive());
        Channel listener = bind(bootstrap, new InetSocketAddress(address, port));
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Accepts connections at a socket in the file system. */
    public void listen(SocketAddress path) throws IOException {
        bind(bootstrap().channel(transport.domainServerChannel()), path);
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(group)
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, OUTBOUND)
                .childHandler(new Acceptor());
    }

    private Channel bind(ServerBootstrap bootstrap, SocketAddress address) throws IOException {
        try {
            Channel listener = bootstrap.bind(address).sync().channel();
            listeners.add(listener);
            return listener;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while binding " + address, e);
        } catch (Exception e) { // Netty throws what the system call threw, unchecked
            throw new IOException("could not listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Lets a new connection in, or tells it why not. */
    private final class Acceptor extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            services.counters().connectionsReceived.increment();
            @Nullable String refusal = services.clients().refuses(isLocal(channel));
            if (refusal != null) {
                services.counters().rejectedConnections.increment();
                byte[] error = ("-" + refusal + "\r\n").getBytes(StandardCharsets.UTF_8);
                channel.writeAndFlush(Unpooled.wrappedBuffer(error)).addListener(ChannelFutureListener.CLOSE);
                return;
            }
            Loop loop = loops.get(channel.eventLoop());
            if (loop == null) {
                throw new IllegalStateException("a channel on an event loop of somebody else");
            }
            channel.pipeline().addLast(new Connection(loop, channel));
        }
    }

    private static boolean isLocal(Channel channel) {
        return !(channel.remoteAddress() instanceof InetSocketAddress remote)
                || remote.getAddress() == null
                || remote.getAddress().isLoopbackAddress();
    }

    /** An address as CLIENT LIST shows it. */
    static String text(@Nullable SocketAddress address, @Nullable SocketAddress other) {
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            String host = internet.getAddress().getHostAddress();
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + internet.getPort();
        }
        String path = address == null ? "" : address.toString();
        return (path.isEmpty() && other != null ? other.toString() : path) + ":0";
    }

    /** The log's durable end has moved. */
    public void durable() {
        loops.values().forEach(Loop::durable);
    }

    /** The log has failed: its durable end will not move any more. */
    public void undurable() {
        loops.values().forEach(Loop::undurable);
    }

    /** Accepts nobody any more. */
    public void stopListening() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
    }

    /** Ends all connections and the event loops. */
    @Override
    public void close() {
        stopListening();
        for (Session session : services.sessions().all()) {
            session.wire().kill();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        LOG.info("event loops stopped");
    }
}
