package io.cairn.server.migration;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A connection to a node that keys are sent to. Nothing waits longer than the time given for it.
 *
 * <p><i>Confined to the thread that has taken it</i>, but for {@link #giveUp}.
 */
final class Target implements AutoCloseable {
    /** No database is known to be selected. */
    static final int NO_DB = -1;

    private static final int LINE_MAX = 1024; // as long as Redis repeats an error
    private static final int BUFFER_BYTES = 4 << 10;
    private static final int OUT_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private volatile boolean givenUp;
    private long timeoutMillis;
    private int db = NO_DB;
    private long idleSinceNanos;

    private Target(SocketChannel channel, Selector selector, SelectionKey key) {
        this.channel = channel;
        this.selector = selector;
        this.key = key;
    }

    /** Connects; a name that is not known, or nobody who answers in time, is an error. */
    static Target connect(String host, int port, long timeoutMillis) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Selector selector = Selector.open();
            Target target = new Target(channel, selector, channel.register(selector, 0));
            target.timeout(timeoutMillis);
            boolean connected = channel.connect(new InetSocketAddress(InetAddress.getByName(host), port));
            while (!connected) {
                target.await(SelectionKey.OP_CONNECT);
                connected = channel.finishConnect();
            }
            return target;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** How long to wait from now on. */
    void timeout(long millis) {
        timeoutMillis = millis;
    }

    /** The database that is selected there. */
    int db() {
        return db;
    }

    /** Notes the database that is selected there. */
    void db(int selected) {
        db = selected;
    }

    /** When it was last of use, in the time of System.nanoTime. */
    long idleSinceNanos() {
        return idleSinceNanos;
    }

    /** Notes that it is of use no longer. */
    void idleSinceNanos(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    /** Sends bytes, those that are few together with what comes next. */
    void send(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > out.remaining()) {
            flush();
        }
        if (bytes.remaining() > out.remaining()) {
            write(bytes);
        } else {
            out.put(bytes);
        }
    }

    /** Sends what waits for more. */
    void flush() throws IOException {
        write(out.flip());
        out.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    /** What was sent must be flushed before. The next line, without its end; what is beyond some length is left out. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (byte next = next(); next != '\n'; next = next()) {
            if (next != '\r' && line.size() < LINE_MAX) {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private byte next() throws IOException {
        while (!in.hasRemaining()) {
            in.clear();
            int read = channel.read(in);
            in.flip();
            if (read < 0) {
                throw new EOFException("the target has closed the connection");
            }
            if (read == 0) {
                await(SelectionKey.OP_READ);
            }
        }
        return in.get();
    }

    /** Makes whoever waits here give up; from any thread. */
    void giveUp() {
        givenUp = true;
        selector.wakeup();
    }

    private void await(int operation) throws IOException {
        key.interestOps(operation);
        if (givenUp) {
            throw new IOException("this node ends");
        }
        if (selector.select(Math.max(timeoutMillis, 1)) == 0 && !givenUp) {
            throw new SocketTimeoutException("the target did not answer in " + timeoutMillis + " ms");
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        try {
            selector.close();
        } finally {
            channel.close();
        }
    }
}
