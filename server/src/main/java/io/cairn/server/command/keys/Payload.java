package io.cairn.server.command.keys;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.StoredValues;
import io.cairn.snapshot.rdb.Crc64;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import io.cairn.snapshot.rdb.RdbWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What DUMP makes of a value, in pieces: a large one is held once, and not copied as it grows.
 *
 * <pre>
 *   payload := type(1) value RDB version(2, little endian) CRC-64 of all that precedes(8, little endian)
 * </pre>
 *
 * The codec knows keys in streams only. So a payload is written as a stream of one key with an empty name, {@code SELECTDB 0
 * type "" value}, of which the selection and the name are left out.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class Payload {
    private static final int VERSION = 9;

    /** Of payloads of hashes of which fields expire, as Redis 7.4 writes them. */
    private static final int TIMED_VERSION = 12;

    private static final int FOOTER_BYTES = 10;
    private static final int BUFFER_BYTES = 8 << 10;
    private static final int SELECTION_BYTES = 2;
    private static final int PIECE_BYTES = 1 << 20;
    private static final byte[] NO_NAME = new byte[0];
    private static final RdbWriteOptions WRITING =
            RdbWriteOptions.FILE.withChecksum(false).withBufferBytes(BUFFER_BYTES);

    private final List<ByteBuffer> pieces = new ArrayList<>();
    private ByteBuffer last = ByteBuffer.allocate(BUFFER_BYTES);
    private long seen;
    private long crc;
    private long bytes;

    private Payload() {}

    /** The payload of a value, which is read now; its expiry is no part of it, but those of a hash's fields are. */
    public static Payload of(Turn turn, byte[] row) {
        return of(turn, row, MetaRow.fieldsExpireAtMillis(row) != MetaRow.NO_EXPIRY);
    }

    /** The same, a hash of which fields expire as any other hash. */
    static Payload withoutTimes(Turn turn, byte[] row) {
        return of(turn, row, false);
    }

    private static Payload of(Turn turn, byte[] row, boolean timed) {
        Payload payload = new Payload();
        RdbWriter writer = new RdbWriter(payload::take, WRITING.withFieldExpiry(timed));
        try {
            StoredValues.drain(turn, 0, NO_NAME, MetaRow.withExpiry(row, MetaRow.NO_EXPIRY), writer);
            writer.flush();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail", e);
        }
        payload.finish(timed ? TIMED_VERSION : VERSION);
        return payload;
    }

    /** Bytes of all pieces. */
    public long bytes() {
        return bytes;
    }

    /** The pieces, each to be read from its position to its limit. */
    public List<ByteBuffer> pieces() {
        return pieces;
    }

    /** All of it; for values that fit into an array. */
    byte[] toArray() {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(bytes));
        pieces.forEach(piece -> all.put(piece.duplicate()));
        return all.array();
    }

    private void take(ByteBuffer more) {
        while (more.hasRemaining()) {
            boolean left = seen < SELECTION_BYTES || seen == SELECTION_BYTES + 1; // the selection, the name's length
            if (left) {
                more.get();
                seen++;
            } else if (seen == SELECTION_BYTES) {
                add(more.slice(more.position(), 1));
                more.get();
                seen++;
            } else {
                seen += more.remaining();
                add(more);
            }
        }
    }

    private void add(ByteBuffer more) {
        while (more.hasRemaining()) {
            if (!last.hasRemaining()) {
                close();
                last = ByteBuffer.allocate(PIECE_BYTES);
            }
            int count = Math.min(more.remaining(), last.remaining());
            last.put(more.slice(more.position(), count));
            more.position(more.position() + count);
        }
    }

    private void close() {
        crc = Crc64.update(crc, last.array(), 0, last.position());
        bytes += last.position();
        pieces.add(last.flip());
    }

    private void finish(int version) {
        add(ByteBuffer.allocate(2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) version)
                .flip());
        close();
        ByteBuffer sum = ByteBuffer.allocate(FOOTER_BYTES - 2).order(ByteOrder.LITTLE_ENDIAN);
        pieces.add(sum.putLong(crc).flip());
        bytes += sum.remaining();
    }
}
