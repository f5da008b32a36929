package io.cairn.server.net;

import io.cairn.server.command.Reply;
import io.cairn.server.resp.ProtocolException;
import io.cairn.server.resp.ReplyBuffer;
import io.cairn.server.resp.RequestDecoder;
import io.cairn.server.session.Deferral;
import io.cairn.server.session.Letter;
import io.cairn.server.session.Session;
import io.cairn.server.session.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: bytes in, replies out, and what holds it up.
 *
 * <p>Input: the loop decodes straight from its own scratch array; what it did not take in stays in {@code rest}. While
 * the connection is held up (a command at the disk pool or deferred, a reader too slow, a pause), requests stay undecoded
 * there (but for the few that were decoded ahead), and beyond {@value #MAX_REST_BYTES} bytes the socket is not read.
 *
 * <p>Output: replies of a turn collect in {@code out}; at the turn's end they go to the socket, or, as far as the socket
 * takes no more, to {@code unsent}, and no further request is run until that is empty: a client that does not read keeps
 * what it asked for so far, and no more.
 *
 * <p><i>Confined to the connection's event loop thread</i>, but for what {@link Wire} offers.
 */
final class Connection extends ChannelInboundHandlerAdapter implements Wire {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int MAX_REST_BYTES = 64 << 10;
    private static final int SEND_BYTES = 64 << 10;
    private static final int AHEAD_MAX = 32;
    private static final byte[] NOTHING = new byte[0];

    private final Loop loop;
    private final Channel channel;
    private final RequestDecoder decoder = new RequestDecoder();
    private @Nullable Session session;
    private @Nullable ChannelHandlerContext context;

    private byte[] rest = NOTHING;
    private int restFrom;
    private int restTo;
    private boolean running; // inside of run(): bytes that arrive meanwhile are none of its business
    private boolean held;
    private final ArrayDeque<Decoded> ahead = new ArrayDeque<>();
    private @Nullable ProtocolException error; // behind what is ahead
    private boolean readsStopped;
    private boolean elsewhere;
    private @Nullable Runnable early;

    private final ReplyBuffer out = new ReplyBuffer(NOTHING);
    private boolean hasOut;
    private long[] uncommitted = NO_RANGES; // ranges of `out` with replies to writes since the last commit
    private int uncommittedCount;
    private boolean dirty;
    private final Queue<ReplyBuffer.Piece> unsent = new ArrayDeque<>();
    private final ArrayDeque<Letter> kept = new ArrayDeque<>(0); // while a command runs at the disk pool
    private boolean keepsLetters;
    private long keptBytes;
    private long unsentBytes;
    private long overSinceMillis = -1;
    private boolean gone;
    private boolean endsAfterSending;

    private static final long[] NO_RANGES = new long[0];

    Connection(Loop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    Session session() {
        Session known = session;
        if (known == null) {
            throw new IllegalStateException("connection is not active yet");
        }
        return known;
    }

    RequestDecoder decoder() {
        return decoder;
    }

    // ---- life

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        session = loop.opened(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone = true;
        unsent.clear();
        unsentBytes = 0;
        kept.clear();
        keptBytes = 0;
        if (!elsewhere) { // a disk thread may be at work with the session
            session().abandonDeferral();
            loop.closed(this);
        }
    }

    boolean isGone() {
        return gone;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error(
                    "connection failed client={} address={}",
                    session().id(),
                    session().address(),
                    cause);
        }
        ctx.close();
    }

    // ---- input

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            int bytes = in.readableBytes();
            loop.received(bytes);
            if (isHeldUp() || running) {
                keep(in, bytes);
                return;
            }
            int kept = restTo - restFrom;
            byte[] window = loop.scratch(kept + bytes);
            System.arraycopy(rest, restFrom, window, 0, kept);
            in.readBytes(window, kept, bytes);
            restFrom = 0;
            restTo = 0;
            run(window, 0, kept + bytes);
        } finally {
            in.release();
        }
    }

    private void keep(ByteBuf in, int bytes) {
        reserveRest(bytes);
        in.readBytes(rest, restTo, bytes);
        restTo += bytes;
        if (restTo - restFrom > MAX_REST_BYTES && !readsStopped) {
            readsStopped = true;
            channel.config().setAutoRead(false);
        }
    }

    private void reserveRest(int more) {
        int kept = restTo - restFrom;
        if (rest.length - restTo < more) {
            byte[] larger =
                    rest.length - kept >= more ? rest : new byte[Math.max(256, Math.max(kept + more, kept * 2))];
            System.arraycopy(rest, restFrom, larger, 0, kept);
            rest = larger;
            restFrom = 0;
            restTo = kept;
        }
    }

    /** Runs the requests in the window until one holds the connection up; what is left is kept. */
    private void run(byte[] window, int from, int to) {
        running = true;
        decoder.window(window, from, to);
        try {
            loop.requests(this);
        } finally {
            int at = decoder.position();
            decoder.release();
            running = false;
            keepFrom(window, at, to);
        }
    }

    /** The next request, or null if it is not there in full. */
    @Nullable
    Decoded next() {
        Decoded request = peek();
        take();
        return request;
    }

    /** The next request, which stays the next; null if it is not there in full, or if it is none. */
    @Nullable
    Decoded peek() {
        if (ahead.isEmpty() && error == null) {
            lookAhead();
        }
        return ahead.peekFirst();
    }

    /** Takes what {@link #peek} returned. */
    void take() {
        if (ahead.pollFirst() != null) {
            return;
        }
        ProtocolException told = error;
        if (told != null) {
            error = null;
            throw told;
        }
    }

    /** Decodes what is pipelined, so that the loop can have the rows of several requests fetched at once. */
    private void lookAhead() {
        // How much a request may have depends on whether the one before it logged in.
        int most = session().isAuthenticated() ? AHEAD_MAX : 1;
        try {
            while (ahead.size() < most) {
                byte[][] args = decoder.next();
                if (args == null) {
                    break;
                }
                ahead.addLast(loop.decoded(args));
            }
        } catch (ProtocolException e) {
            error = e; // told when its turn comes
        }
        if (ahead.size() > 1) {
            loop.fetch(this, ahead);
        }
    }

    private void keepFrom(byte[] window, int from, int to) {
        int bytes = to - from;
        if (bytes == 0 || session().isClosing()) {
            rest = NOTHING;
            restFrom = 0;
            restTo = 0;
        } else if (window == rest) {
            restFrom = from;
            restTo = to;
        } else {
            rest = Arrays.copyOfRange(window, from, to);
            restFrom = 0;
            restTo = bytes;
        }
    }

    /** Whether the next request must wait. */
    boolean isHeldUp() {
        return held || gone || !unsent.isEmpty() || session().isClosing();
    }

    /** Runs nothing more until {@link #release()}. */
    void hold() {
        held = true;
    }

    /** Ends a {@link #hold}; the caller calls {@link #resume} behind it. */
    void release() {
        held = false;
        if (gone) {
            session().abandonDeferral();
            loop.closed(this);
        }
    }

    /** Runs what was kept, unless something still holds it up. */
    void resume() {
        if (isHeldUp() || running) {
            return;
        }
        if (restFrom < restTo || !ahead.isEmpty() || error != null) {
            run(rest, restFrom, restTo);
        }
        if (readsStopped && !isHeldUp()) {
            readsStopped = false;
            channel.config().setAutoRead(true);
        }
    }

    // ---- output

    boolean isDirty() {
        return dirty;
    }

    void dirty(boolean now) {
        dirty = now;
    }

    /** Where replies go; from the first on in a turn. */
    ReplyBuffer out() {
        if (!hasOut) {
            hasOut = true;
            out.reset(loop.piece());
        }
        return out;
    }

    /** Notes that the bytes of {@code out} from {@code start} on answer a write that is not committed yet. */
    boolean uncommitted(long start) {
        long end = out.position();
        if (end == start) {
            return false;
        }
        if (uncommittedCount == uncommitted.length) {
            uncommitted = Arrays.copyOf(uncommitted, Math.max(32, uncommittedCount * 2));
        }
        uncommitted[uncommittedCount++] = start;
        uncommitted[uncommittedCount++] = end;
        return uncommittedCount == 2;
    }

    void committed() {
        uncommittedCount = 0;
    }

    /** Replaces the replies to uncommitted writes. */
    void failed(byte[] error) {
        out.replace(uncommitted, uncommittedCount, error);
        uncommittedCount = 0;
    }

    /** Takes what was written to {@link #out} in this turn, to be sent later. */
    Queue<ReplyBuffer.Piece> takeOut() {
        if (!hasOut) {
            return new ArrayDeque<>();
        }
        hasOut = false;
        return out.pieces();
    }

    /** Sends what was written in this turn. */
    void flush() {
        if (!hasOut) {
            endIfDone();
            return;
        }
        byte[] single = out.single();
        int bytes = (int) Math.min(out.position(), Integer.MAX_VALUE);
        if (single != null && unsent.isEmpty() && channel.isWritable()) {
            hasOut = false;
            if (bytes > 0) {
                ByteBuf buffer = channel.alloc().directBuffer(bytes);
                buffer.writeBytes(single, 0, bytes);
                loop.sent(bytes);
                channelContext().writeAndFlush(buffer, channel.voidPromise());
            }
            loop.recycle(single);
            endIfDone();
            return;
        }
        send(takeOut());
    }

    /** Sends pieces behind everything that waits. */
    void send(Queue<ReplyBuffer.Piece> pieces) {
        if (!gone) {
            for (ReplyBuffer.Piece piece : pieces) {
                unsentBytes += piece.length();
                unsent.add(piece);
            }
            pump();
        }
        endIfDone();
    }

    private void pump() {
        boolean wrote = false;
        while (channel.isWritable() && !unsent.isEmpty()) {
            ReplyBuffer.Piece piece = unsent.remove();
            int bytes = Math.min(piece.length(), SEND_BYTES);
            ByteBuf buffer = channel.alloc().directBuffer(bytes);
            buffer.writeBytes(piece.bytes(), piece.from(), bytes);
            loop.sent(bytes);
            unsentBytes -= bytes;
            channelContext().write(buffer, channel.voidPromise());
            wrote = true;
            if (bytes < piece.length()) {
                pushBack(new ReplyBuffer.Piece(piece.bytes(), piece.from() + bytes, piece.to(), false));
            }
        }
        if (wrote) {
            channelContext().flush();
        }
    }

    private void pushBack(ReplyBuffer.Piece piece) {
        ((ArrayDeque<ReplyBuffer.Piece>) unsent).addFirst(piece);
    }

    // ---- letters

    /** Whether a letter is to be sent now; if it is to be sent later, it is kept. */
    boolean receives(Letter letter) {
        if (gone || session().isClosing()) {
            return false;
        }
        if (keepsLetters) {
            kept.add(letter);
            keptBytes += letter.bytes();
            return false;
        }
        return session().subscriptions().contains(letter.topic());
    }

    /** The next letter that was kept. */
    @Nullable
    Letter kept() {
        Letter next = kept.poll();
        keptBytes -= next == null ? 0 : next.bytes();
        return next;
    }

    /** The command goes to the disk pool, whose business the session and its subscriptions are until it comes back. */
    void keepLetters() {
        keepsLetters = true;
    }

    /** Bytes that wait for the client to read. */
    long waitingBytes() {
        return unsentBytes + keptBytes + (hasOut ? out.position() : 0);
    }

    /** Whether more than the soft limit has waited for as long as is allowed. */
    boolean isOverFor(OutputLimit limit, long nowMillis) {
        if (!limit.isOverInTheLongRun(waitingBytes())) {
            overSinceMillis = -1;
            return false;
        }
        overSinceMillis = overSinceMillis < 0 ? nowMillis : overSinceMillis;
        return nowMillis - overSinceMillis > limit.softSeconds() * 1000;
    }

    private void endIfDone() {
        if (!gone && !endsAfterSending && unsent.isEmpty() && !held && session().isClosing()) {
            endsAfterSending = true;
            channelContext().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !unsent.isEmpty()) {
            // Not at once: this may come out of a flush in the middle of a turn's end.
            channel.eventLoop().execute(() -> {
                pump();
                endIfDone();
                resume();
            });
        }
    }

    private ChannelHandlerContext channelContext() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("connection was not added to a channel");
        }
        return known;
    }

    // ---- as commands act on it

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public void kill() {
        channel.close();
    }

    @Override
    public void push(Reply reply) {
        inLoop(() -> loop.push(this, reply));
    }

    @Override
    public void deliver(Letter letter, long gate) {
        try {
            loop.post(new Mailbox.Mail(this, letter, gate));
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop has ended, a message is dropped", e);
        }
    }

    @Override
    public void complete(Deferral deferral, Reply reply, long gate, boolean andClose) {
        inLoop(() -> settle(deferral, reply, gate, andClose));
    }

    private void settle(Deferral deferral, Reply reply, long gate, boolean andClose) {
        if (elsewhere) {
            // The command that promised this has not come back from the disk pool yet.
            early = () -> settle(deferral, reply, gate, andClose);
        } else if (session().settle(deferral)) {
            if (andClose) {
                session().closeAfterReply();
            }
            loop.completed(this, List.of(reply), gate);
        }
    }

    @Override
    public Runnable after(long millis, Runnable task) {
        try {
            ScheduledFuture<?> timer = channel.eventLoop().schedule(task, millis, TimeUnit.MILLISECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop has ended, nobody waits client={}", session().id(), e);
            return () -> {};
        }
    }

    /** Hands back the replies of commands that ran on the disk pool; from its thread. */
    void ranElsewhere(List<Reply> replies, long gate, boolean transaction) {
        inLoop(() -> {
            loop.ranElsewhere(this, replies, gate, transaction);
            Runnable settlement = early;
            if (settlement != null) {
                early = null;
                settlement.run();
            }
        });
    }

    /** Says whether a command of the connection is at the disk pool. */
    void elsewhere(boolean now) {
        elsewhere = now;
        keepsLetters &= now;
    }

    private void inLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug(
                    "event loop has ended, a reply is dropped client={}",
                    session().id(),
                    e);
        }
    }
}
