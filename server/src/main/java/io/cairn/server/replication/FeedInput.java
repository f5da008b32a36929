package io.cairn.server.replication;

import io.cairn.engine.stream.StreamFormatException;
import io.cairn.engine.stream.StreamParser;
import io.cairn.replication.primary.ReplicaFeed;
import io.cairn.server.command.Numbers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a replica says once it is fed: acknowledgements and bare line feeds. Neither is answered.
 *
 * <p>Stands in front of the connection's own handler, which no longer sees input but still its end.
 *
 * <p><i>Confined to the channel's event loop.</i>
 */
final class FeedInput extends ChannelInboundHandlerAdapter {
    private static final int MAX_PENDING_BYTES = 64 << 10;

    private final ReplicaFeed feed;
    private final StreamParser parser = new StreamParser();
    private ByteBuffer pending = ByteBuffer.allocate(1024).limit(0);

    FeedInput(ReplicaFeed feed) {
        this.feed = feed;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            append(in);
            for (byte[][] args = parser.next(pending); args != null; args = parser.next(pending)) {
                heard(args);
            }
            if (pending.remaining() > MAX_PENDING_BYTES) {
                ctx.close();
            }
        } catch (StreamFormatException e) {
            ctx.close();
        } finally {
            in.release();
        }
    }

    private void append(ByteBuf in) {
        int bytes = in.readableBytes();
        ByteBuffer larger = ByteBuffer.allocate(pending.remaining() + bytes);
        larger.put(pending);
        in.readBytes(larger);
        pending = larger.flip();
    }

    private void heard(byte[][] args) {
        long now = System.currentTimeMillis();
        if (args.length == 0) {
            feed.onKeepalive(now);
        } else if (args.length >= 3
                && word(args[0]).equals("replconf")
                && word(args[1]).equals("ack")) {
            feed.onAck(Numbers.parseLongOr(args[2], -1), now);
        } else {
            feed.onKeepalive(now);
        }
    }

    private static String word(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        feed.onClosed();
        ctx.fireChannelInactive();
    }
}
