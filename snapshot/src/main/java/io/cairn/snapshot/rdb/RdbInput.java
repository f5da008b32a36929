package io.cairn.snapshot.rdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Where the bytes of an RDB stream come from.
 *
 * <p><i>Confined to the reading thread.</i>
 */
@FunctionalInterface
public interface RdbInput {
    /**
     * Waits for bytes and puts them into the buffer, which has room for at least one; returns how many, or -1 at the end
     * of the input.
     */
    int read(ByteBuffer into) throws IOException;

    /** Reads from a blocking channel. */
    static RdbInput from(ReadableByteChannel channel) {
        return channel::read;
    }

    /** Reads from a stream. */
    static RdbInput from(InputStream stream) {
        return into -> {
            if (!into.hasArray()) {
                byte[] bytes = new byte[into.remaining()];
                int count = stream.read(bytes);
                if (count > 0) {
                    into.put(bytes, 0, count);
                }
                return count;
            }
            int count = stream.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            if (count > 0) {
                into.position(into.position() + count);
            }
            return count;
        };
    }

    /** Reads what stands between position and limit of a buffer. */
    static RdbInput from(ByteBuffer bytes) {
        return into -> {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(bytes.remaining(), into.remaining());
            into.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            return count;
        };
    }
}
