package io.cairn.server.command.functions;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.server.command.CommandException;
import io.cairn.snapshot.rdb.Crc64;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbException;
import io.cairn.snapshot.rdb.RdbInput;
import io.cairn.snapshot.rdb.RdbOutput;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbReader;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import io.cairn.snapshot.rdb.RdbWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What FUNCTION DUMP gives and FUNCTION RESTORE takes.
 *
 * <pre>
 *   payload := ( F5 code )* RDB version(2, little endian) CRC-64 of all that precedes(8, little endian)
 * </pre>
 *
 * <p><i>Immutable.</i>
 */
final class LibraryPayload {
    private static final int WRITTEN_VERSION = 10;
    private static final int NEWEST_VERSION = 12;
    private static final int VALKEY_VERSION = 80;
    private static final int FIRST_VERSION_READ = 5;
    private static final int FOOTER_BYTES = 10;
    private static final int CRC_BYTES = 8;
    private static final int LIBRARY = 0xF5;

    private LibraryPayload() {}

    static byte[] of(List<FunctionLibrary> libraries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.FILE.withChecksum(false));
        try {
            for (FunctionLibrary library : libraries) {
                writer.library(library.code());
            }
            writer.flush();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail", e);
        }
        ByteBuffer payload = ByteBuffer.allocate(bytes.size() + FOOTER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(bytes.toByteArray())
                .putShort((short) WRITTEN_VERSION);
        byte[] all = payload.array();
        payload.putLong(Crc64.update(0, all, 0, all.length - CRC_BYTES));
        return all;
    }

    static List<FunctionLibrary> read(byte[] payload) {
        int version = version(payload);
        int bytes = payload.length - FOOTER_BYTES;
        String magic = String.format(
                Locale.ROOT, "REDIS%04d", Math.max(Math.min(version, NEWEST_VERSION), FIRST_VERSION_READ));
        ByteBuffer stream = ByteBuffer.allocate(magic.length() + bytes + 1 + CRC_BYTES)
                .put(magic.getBytes(StandardCharsets.US_ASCII))
                .put(payload, 0, bytes)
                .put((byte) 0xFF)
                .putLong(0);
        int length = stream.capacity();
        Collected libraries = new Collected();
        RdbReadOptions options = RdbReadOptions.DEFAULT.withChecksum(false);
        RdbReader reader = new RdbReader(RdbInput.from(stream.flip()), options);
        try {
            if (bytes > 0 && (payload[0] & 0xFF) != LIBRARY) {
                throw new CommandException("ERR given type is not a function");
            }
            if (reader.read(libraries, RdbEvents.NONE) != length || libraries.sawKey) {
                throw new CommandException("ERR given type is not a function");
            }
            return libraries.found;
        } catch (RdbException e) {
            throw new CommandException("ERR failed loading functions");
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail", e);
        }
    }

    private static int version(byte[] payload) {
        if (payload.length >= FOOTER_BYTES) {
            ByteBuffer footer = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
            int version = footer.getShort(payload.length - FOOTER_BYTES) & 0xFFFF;
            long stated = footer.getLong(payload.length - CRC_BYTES);
            boolean known = version <= NEWEST_VERSION || version == VALKEY_VERSION;
            if (known && stated == Crc64.update(0, payload, 0, payload.length - CRC_BYTES)) {
                return version;
            }
        }
        throw new CommandException("ERR DUMP payload version or checksum are wrong");
    }

    /** Takes libraries; keys have no place in the payload. */
    private static final class Collected implements EntrySink {
        private final List<FunctionLibrary> found = new ArrayList<>();
        private boolean sawKey;

        @Override
        public void library(byte[] code) {
            found.add(FunctionLibrary.of(code));
        }

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
            sawKey = true;
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
            sawKey = true;
        }

        @Override
        public void element(byte[] element) {
            // of a key
        }

        @Override
        public void pair(byte[] field, byte[] value) {
            // of a key
        }

        @Override
        public void scored(byte[] member, double score) {
            // of a key
        }

        @Override
        public void part(StreamPart part) {
            // of a key
        }

        @Override
        public void end() {
            // of a key
        }
    }
}
