package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys as an RDB stream of version 9, which every Redis since 5.0 and every Valkey loads.
 *
 * <pre>
 *   rdb    := "REDIS0009" aux* (FUNCTION2 code)* ( SELECTDB db [RESIZEDB keys expires] key* )* EOF crc64
 *   key    := [EXPIRETIME_MS millis] type name value
 * </pre>
 *
 * Only the plain types 0 (string), 1 (list), 2 (set), 4 (hash) and 5 (sorted set) are written, 15 or 19 for a stream ({@link
 * StreamWriter}), and where the options say so 24, for hashes of which fields expire: who does not know it refuses the RDB
 * there. A reader dies of a key that comes twice and of a count that does not match: counts are checked here, keys are the
 * caller's duty.
 *
 * <p>Life: {@link #header}, then for each database {@link #database} (optional) and its keys, then {@link #finish}. After
 * an exception the stream is of no use.
 *
 * <p><i>Confined to the writing thread.</i>
 */
public final class RdbWriter implements EntrySink {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** Redis leaves strings up to this length alone, and such that compression shortens by less than four bytes. */
    private static final int MAX_UNCOMPRESSED = 20;

    private static final int MIN_SAVED = 4;
    /** A scratch array larger than this is not kept for the next string. */
    private static final int MAX_KEPT = 1 << 20;

    private final RdbOutput output;
    private final RdbWriteOptions options;
    private final byte[] buffer;
    private final ByteBuffer view;
    private final @Nullable Lzf lzf;
    private final StreamWriter streams = new StreamWriter(this);
    private byte[] compressed = new byte[0];

    private int at;
    private long flushedBytes;
    private long crc;
    private int db = -1;
    private @Nullable ValueType open;
    private long missing;
    private boolean timed;
    private long firstMillis;
    private long untimedHashes;

    /** A writer of one stream. */
    public RdbWriter(RdbOutput output, RdbWriteOptions options) {
        this.output = output;
        this.options = options;
        this.buffer = new byte[options.bufferBytes()];
        this.view = ByteBuffer.wrap(buffer);
        this.lzf = options.compression() ? new Lzf() : null;
    }

    /** Writes what stands in front of the keys. */
    public void header(RdbHeader header) throws IOException {
        raw("REDIS0009".getBytes(StandardCharsets.US_ASCII));
        aux("redis-ver", "7.0.15");
        aux("redis-bits", "64");
        aux("ctime", Long.toString(header.createdSeconds()));
        aux("used-mem", Long.toString(header.usedMemoryBytes()));
        RdbOrigin origin = header.origin();
        if (origin != null) {
            aux("repl-stream-db", Integer.toString(origin.streamDb()));
            aux("repl-id", origin.replicationId());
            aux("repl-offset", Long.toString(origin.offset()));
        }
        aux("aof-base", "0");
    }

    /** Writes an auxiliary field; readers skip those that they do not know. */
    public void aux(String name, String value) throws IOException {
        code(RdbCodes.OPCODE_AUX);
        text(name.getBytes(StandardCharsets.ISO_8859_1));
        text(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Selects a database and says how many keys will come and how many of them expire (a hint for the reader). */
    public void database(int index, long keys, long expires) throws IOException {
        select(index);
        code(RdbCodes.OPCODE_RESIZEDB);
        length(keys);
        length(expires);
    }

    @Override
    public void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException {
        key(db, key, expireAtMillis, RdbCodes.TYPE_STRING);
        text(value);
    }

    @Override
    public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException {
        if (type == ValueType.STREAM) {
            streams.begin(db, key, expireAtMillis, count);
            requireClosed("key");
            open = type;
            missing = 0;
            return;
        }
        if (count < 1) {
            throw new IllegalArgumentException("count=" + count);
        }
        int code = switch (type) {
            case LIST -> RdbCodes.TYPE_LIST;
            case SET -> RdbCodes.TYPE_SET;
            case ZSET -> RdbCodes.TYPE_ZSET_2;
            case HASH -> RdbCodes.TYPE_HASH;
            case STRING, STREAM -> throw new IllegalArgumentException(type + " has no elements");
        };
        key(db, key, expireAtMillis, code);
        length(count);
        open = type;
        missing = count;
    }

    @Override
    public void element(byte[] element) throws IOException {
        if (open != ValueType.LIST && open != ValueType.SET) {
            throw new IllegalStateException("element of " + open);
        }
        missing--;
        text(element);
    }

    @Override
    public void pair(byte[] field, byte[] value) throws IOException {
        if (open != ValueType.HASH) {
            throw new IllegalStateException("pair of " + open);
        }
        missing--;
        text(field);
        text(value);
    }

    @Override
    public void beginTimedHash(int db, byte[] key, long expireAtMillis, long count, long firstMillis)
            throws IOException {
        if (!options.fieldExpiry()) {
            untimedHashes++;
            begin(db, key, expireAtMillis, ValueType.HASH, count);
            return;
        }
        if (count < 1) {
            throw new IllegalArgumentException("count=" + count);
        }
        key(db, key, expireAtMillis, RdbCodes.TYPE_HASH_METADATA);
        longLittleEndian(firstMillis);
        length(count);
        open = ValueType.HASH;
        missing = count;
        timed = true;
        this.firstMillis = firstMillis;
    }

    @Override
    public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) throws IOException {
        if (timed) {
            if (fieldExpireAtMillis != -1 && fieldExpireAtMillis < firstMillis) {
                throw new IllegalStateException(
                        "a field expires at " + fieldExpireAtMillis + ", before the first at " + firstMillis);
            }
            length(fieldExpireAtMillis == -1 ? 0 : fieldExpireAtMillis - firstMillis + 1);
        }
        pair(field, value);
    }

    /** Hashes of which fields expire that were written without these times. */
    public long untimedHashes() {
        return untimedHashes;
    }

    @Override
    public void scored(byte[] member, double score) throws IOException {
        if (open != ValueType.ZSET) {
            throw new IllegalStateException("scored member of " + open);
        }
        missing--;
        text(member);
        longLittleEndian(Double.doubleToRawLongBits(score));
    }

    @Override
    public void part(StreamPart part) throws IOException {
        if (open != ValueType.STREAM) {
            throw new IllegalStateException("part of " + open);
        }
        streams.part(part);
    }

    @Override
    public void library(byte[] code) throws IOException {
        if (open != null) {
            throw new IllegalStateException("library within " + open);
        }
        code(RdbCodes.OPCODE_FUNCTION2);
        text(code);
    }

    @Override
    public void end() {
        if (open == ValueType.STREAM) {
            streams.end();
        }
        if (open == null || missing != 0) {
            throw new IllegalStateException("end of " + open + " with " + missing + " elements missing");
        }
        open = null;
        timed = false;
    }

    /** Writes the end and the checksum, and hands over the last bytes. */
    public void finish() throws IOException {
        requireClosed("finish");
        code(RdbCodes.OPCODE_EOF);
        flush();
        room(Long.BYTES);
        LONG_LE.set(buffer, at, crc);
        at += Long.BYTES;
        flush();
    }

    /** Hands over the bytes that are still in the buffer. */
    public void flush() throws IOException {
        if (at == 0) {
            return;
        }
        if (options.checksum()) {
            crc = Crc64.update(crc, buffer, 0, at);
        }
        view.clear().limit(at);
        output.write(view);
        if (view.hasRemaining()) {
            throw new IOException("output left " + view.remaining() + " of " + at + " bytes");
        }
        flushedBytes += at;
        at = 0;
    }

    /** Bytes written so far, with those that are still in the buffer. */
    public long writtenBytes() {
        return flushedBytes + at;
    }

    private void requireClosed(String what) {
        if (open != null) {
            throw new IllegalStateException(what + " within " + open);
        }
    }

    void key(int index, byte[] key, long expireAtMillis, int type) throws IOException {
        if (open != ValueType.STREAM) {
            requireClosed("key");
        }
        if (index != db) {
            select(index);
        }
        if (expireAtMillis != -1) {
            room(1 + Long.BYTES);
            buffer[at] = (byte) RdbCodes.OPCODE_EXPIRETIME_MS;
            LONG_LE.set(buffer, at + 1, expireAtMillis);
            at += 1 + Long.BYTES;
        }
        code(type);
        text(key);
    }

    private void select(int index) throws IOException {
        if (open != ValueType.STREAM) {
            requireClosed("database");
        }
        code(RdbCodes.OPCODE_SELECTDB);
        length(index);
        db = index;
    }

    private void code(int code) throws IOException {
        room(1);
        buffer[at++] = (byte) code;
    }

    private void length(long length) throws IOException {
        room(1 + Long.BYTES);
        if (length < 1 << 6) {
            buffer[at++] = (byte) length;
        } else if (length < 1 << 14) {
            buffer[at] = (byte) (0x40 | length >>> 8);
            buffer[at + 1] = (byte) length;
            at += 2;
        } else if (length <= 0xFFFF_FFFFL) {
            buffer[at] = (byte) RdbCodes.LENGTH_32_BIT;
            INT_BE.set(buffer, at + 1, (int) length);
            at += 1 + Integer.BYTES;
        } else {
            buffer[at] = (byte) RdbCodes.LENGTH_64_BIT;
            LONG_BE.set(buffer, at + 1, length);
            at += 1 + Long.BYTES;
        }
    }

    /** An unsigned number of 64 bits, written as lengths are. */
    void number(long number) throws IOException {
        if (number >= 0) {
            length(number);
        } else {
            room(1 + Long.BYTES);
            buffer[at] = (byte) RdbCodes.LENGTH_64_BIT;
            LONG_BE.set(buffer, at + 1, number);
            at += 1 + Long.BYTES;
        }
    }

    void longLittleEndian(long number) throws IOException {
        room(Long.BYTES);
        LONG_LE.set(buffer, at, number);
        at += Long.BYTES;
    }

    /** An id of a stream's entry, without a length. */
    void id(StreamId id) throws IOException {
        raw(StreamWriter.bytes(id));
    }

    void text(byte[] text) throws IOException {
        if (text.length <= 11 && number(text) || text.length > MAX_UNCOMPRESSED && lzf != null && shorter(lzf, text)) {
            return;
        }
        length(text.length);
        raw(text);
    }

    /** Writes a number of up to 32 bits in 2 to 5 bytes; false if the text is none. */
    private boolean number(byte[] text) throws IOException {
        if (text.length == 0 || text[0] > '9') {
            return false;
        }
        long value = Decimal.parse(text);
        if (value != (int) value) {
            return false;
        }
        room(5);
        if (value == (byte) value) {
            buffer[at] = (byte) (0xC0 | RdbCodes.STRING_INT8);
            buffer[at + 1] = (byte) value;
            at += 2;
        } else if (value == (short) value) {
            buffer[at] = (byte) (0xC0 | RdbCodes.STRING_INT16);
            buffer[at + 1] = (byte) value;
            buffer[at + 2] = (byte) (value >> 8);
            at += 3;
        } else {
            buffer[at] = (byte) (0xC0 | RdbCodes.STRING_INT32);
            INT_BE.set(buffer, at + 1, Integer.reverseBytes((int) value));
            at += 5;
        }
        return true;
    }

    private boolean shorter(Lzf compressor, byte[] text) throws IOException {
        int limit = text.length - MIN_SAVED;
        if (compressed.length < limit) {
            compressed = new byte[Math.max(limit, 4096)];
        }
        int compressedBytes = compressor.compress(text, compressed, limit);
        if (compressedBytes == 0) {
            return false;
        }
        code(0xC0 | RdbCodes.STRING_LZF);
        length(compressedBytes);
        length(text.length);
        raw(compressed, compressedBytes);
        if (compressed.length > MAX_KEPT) {
            compressed = new byte[0];
        }
        return true;
    }

    private void raw(byte[] bytes) throws IOException {
        raw(bytes, bytes.length);
    }

    private void raw(byte[] bytes, int count) throws IOException {
        int from = 0;
        while (count - from > buffer.length - at) {
            int part = buffer.length - at;
            System.arraycopy(bytes, from, buffer, at, part);
            at += part;
            from += part;
            flush();
        }
        System.arraycopy(bytes, from, buffer, at, count - from);
        at += count - from;
    }

    private void room(int bytes) throws IOException {
        if (buffer.length - at < bytes) {
            flush();
        }
    }
}
