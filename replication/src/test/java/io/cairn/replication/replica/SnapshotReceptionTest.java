package io.cairn.replication.replica;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.Engine;
import io.cairn.engine.EngineOptions;
import io.cairn.engine.Seed;
import io.cairn.engine.SimpleCommands;
import io.cairn.engine.Staging;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbOutput;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import io.cairn.snapshot.rdb.RdbWriter;
import io.cairn.wal.LogIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotReceptionTest {
    private static final byte[] MARK = "0123456789012345678901234567890123456789".getBytes(US_ASCII);
    private static final int KEYS = 1000;

    @TempDir
    private Path directory;

    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        engine = Engine.open(EngineOptions.defaults(directory), new SimpleCommands(), Seed.NONE);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private static byte[] snapshot() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.STREAM);
        writer.header(new RdbHeader(0, 0, null));
        for (int i = 0; i < KEYS; i++) {
            writer.string(0, ("key" + i).getBytes(US_ASCII), -1, new byte[i % 100]);
        }
        writer.finish();
        return bytes.toByteArray();
    }

    private static byte[] and(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    /** Receives in pieces of {@code pieceBytes}; {@code mark} null: of a length that was announced. */
    private Result receive(byte[] sent, int pieceBytes, byte @Nullable [] mark) throws InterruptedException {
        Result result = new Result();
        SnapshotReception reception =
                new SnapshotReception(engine, LogIdentity.of("a".repeat(40)), 100, mark, 16, result);
        Thread thread = new Thread(reception, "snapshot");
        thread.start();
        for (int at = 0; at < sent.length; at += pieceBytes) {
            reception.offer(ByteBuffer.wrap(sent, at, Math.min(pieceBytes, sent.length - at)));
        }
        if (mark == null) {
            reception.end();
        }
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertTrue(!thread.isAlive(), "reception goes on");
        return result;
    }

    @Test
    void takesASnapshotOfTheLengthAnnounced() throws Exception {
        for (int pieceBytes : new int[] {7, 1 << 20}) {
            Result result = receive(snapshot(), pieceBytes, null);
            assertNull(result.failure);
            assertEquals(KEYS, result.keys);
            assertEquals(0, result.rest.length);
        }
    }

    @Test
    void refusesASnapshotShorterThanAnnounced() throws Exception {
        byte[] stream = "*1\r\n$4\r\nPING\r\n".getBytes(US_ASCII);
        for (int pieceBytes : new int[] {snapshot().length, 1 << 20}) {
            Result result = receive(and(snapshot(), stream), pieceBytes, null);
            assertNotNull(result.failure);
            assertEquals("snapshot ends before the length that was announced for it", result.failure.getMessage());
        }
    }

    @Test
    void refusesASnapshotLongerThanAnnounced() throws Exception {
        byte[] whole = snapshot();
        Result result = receive(Arrays.copyOf(whole, whole.length - 5), 1 << 20, null);
        assertNotNull(result.failure);
    }

    @Test
    void handsOverWhatFollowsTheMark() throws Exception {
        byte[] stream = "*1\r\n$4\r\nPING\r\n".getBytes(US_ASCII);
        Result result = receive(and(snapshot(), MARK, stream), 1 << 20, MARK);
        assertNull(result.failure);
        assertEquals(KEYS, result.keys);
        assertArrayEquals(stream, result.rest);
    }

    @Test
    void refusesAnotherMark() throws Exception {
        byte[] other = MARK.clone();
        other[39]++;
        Result result = receive(and(snapshot(), other), 1 << 20, MARK);
        assertNotNull(result.failure);
    }

    private static final class Result implements SnapshotReception.Outcome {
        private @Nullable Exception failure;
        private byte[] rest = new byte[0];
        private long keys;

        @Override
        public void hasRoom() {
            // nobody stopped sending
        }

        @Override
        public void complete(Staging staging, ByteBuffer behind, long count, long bytes) {
            keys = count;
            rest = new byte[behind.remaining()];
            behind.get(rest);
            staging.close();
        }

        @Override
        public void failed(Exception cause) {
            failure = cause;
        }
    }
}
