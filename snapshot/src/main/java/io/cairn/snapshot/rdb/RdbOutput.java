package io.cairn.snapshot.rdb;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Where the bytes of an RDB stream go.
 *
 * <p><i>Confined to the writing thread.</i>
 */
@FunctionalInterface
public interface RdbOutput {
    /**
     * Takes all bytes between position and limit, waiting if it has to. The buffer is used again as soon as this returns,
     * so an output that keeps the bytes copies them.
     */
    void write(ByteBuffer bytes) throws IOException;

    /** Writes to a blocking channel. */
    static RdbOutput to(WritableByteChannel channel) {
        return bytes -> {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        };
    }

    /** Writes to a stream. */
    static RdbOutput to(OutputStream stream) {
        return bytes -> {
            if (bytes.hasArray()) {
                stream.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
                bytes.position(bytes.limit());
            } else {
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                stream.write(copy);
            }
        };
    }
}
