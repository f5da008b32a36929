package io.cairn.replication.replica;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a link has received and not consumed yet.
 *
 * <p><i>Confined to the link thread.</i>
 */
final class LinkInput {
    private static final int LINE_BYTES_MAX = 1024;
    private static final int INPUT_BYTES = 64 << 10;
    private static final long INPUT_GROWTH_BYTES = 256L << 20;
    private static final long INPUT_MOST_BYTES = Integer.MAX_VALUE - 8;
    private static final int INPUT_KEPT_BYTES = 1 << 20;

    private ByteBuffer unread = ByteBuffer.allocate(INPUT_BYTES).limit(0); // always ready to be read from

    /** The bytes; whoever reads them moves the position. */
    ByteBuffer unread() {
        return unread;
    }

    void clear() {
        unread.clear().limit(0);
    }

    /** Appends to what was not consumed yet. */
    void append(ByteBuffer bytes) throws IOException {
        int more = bytes.remaining();
        int left = unread.remaining();
        if (left == 0 && unread.capacity() > INPUT_KEPT_BYTES) {
            unread = ByteBuffer.allocate(INPUT_BYTES).limit(0);
        }
        if (left == 0) {
            unread.clear().limit(0);
        }
        if (unread.capacity() - unread.limit() < more) {
            makeRoom((long) left + more);
        }
        int from = unread.position();
        unread.position(unread.limit()).limit(unread.limit() + more).put(bytes);
        unread.position(from);
    }

    /**
     * Moves what is left to the front, into a larger buffer unless much room is gained. So the bytes of a large value,
     * which arrive in many pieces, are moved a few times only.
     */
    private void makeRoom(long needed) throws IOException {
        if (needed > INPUT_MOST_BYTES) {
            throw new IOException("primary sends a unit of more than " + INPUT_MOST_BYTES + " bytes");
        }
        int capacity = unread.capacity();
        if (needed > capacity - capacity / 4) {
            long larger = Math.min(2L * capacity, capacity + INPUT_GROWTH_BYTES);
            unread = ByteBuffer.allocate((int) Math.min(INPUT_MOST_BYTES, Math.max(needed, larger)))
                    .put(unread)
                    .flip();
        } else {
            unread.compact().flip();
        }
    }

    /** The next line without its end, or null if it is not there in full; empty lines are keepalives. */
    @Nullable
    String line() throws IOException {
        for (int at = unread.position(); at < unread.limit(); at++) {
            if (unread.get(at) == '\n') {
                byte[] bytes = new byte[at - unread.position()];
                unread.get(bytes);
                unread.get();
                String line = new String(bytes, StandardCharsets.UTF_8);
                return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            }
        }
        if (unread.remaining() > LINE_BYTES_MAX) {
            throw new IOException("primary sends a line of more than " + LINE_BYTES_MAX + " bytes");
        }
        return null;
    }
}
