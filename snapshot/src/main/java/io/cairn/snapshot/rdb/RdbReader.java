package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.snapshot.digest.KeyText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one RDB stream of version 1 to 12, or of Valkey's version 80, and hands its keys to a sink.
 *
 * <p>Strings, lists, sets, sorted sets and hashes are read in every encoding that Redis has written for them. Nothing in
 * the stream is believed: what does not hold is a {@link CorruptRdbException}, and memory is taken only for bytes that have
 * arrived. (The {@code count} that the sink's {@code begin} gets of a plain collection is the stream's word; elements are
 * sure to come in that number or an exception is thrown.) An element that comes twice is found among the first 262,144 of
 * a collection; past these, and for keys, it is left to who stores them. Empty collections are skipped. Keys that have
 * expired are handed on like any other.
 *
 * <p>Life: one call of {@link #read}, which stops right behind the checksum. It may have taken more bytes from the input:
 * these are {@link #rest}.
 *
 * <p><i>Confined to the reading thread.</i>
 */
public final class RdbReader {
    private static final Logger log = LoggerFactory.getLogger(RdbReader.class);

    private final RdbSource source;
    private final RdbReadOptions options;
    private int version;
    private int db;
    private long keys;
    private long emptyKeys;

    /** A reader of one stream. */
    public RdbReader(RdbInput input, RdbReadOptions options) {
        this.source = new RdbSource(input, options.checksum(), options.bufferBytes());
        this.options = options;
    }

    /**
     * Reads to the end of the stream; returns its length in bytes.
     *
     * @throws RdbException if the stream cannot be loaded
     * @throws IOException if the input or the sink throws it
     */
    public long read(EntrySink sink, RdbEvents events) throws IOException {
        version = header();
        events.version(version);
        ValueReader values = new ValueReader(source, sink, version == RdbCodes.VALKEY);
        long expireAtMillis = -1;
        while (true) {
            int opcode = source.unsignedByte();
            if (version < RdbCodes.FIRST_WITH_CHECKSUM && opcode < RdbCodes.OPCODE_EXPIRETIME && opcode >= 128) {
                // A changed version must not do away with the checksum that would show the change.
                throw source.corrupt("opcode=" + opcode + " in version=" + version);
            }
            switch (opcode) {
                case RdbCodes.OPCODE_EXPIRETIME -> expireAtMillis = expiry(source.intLittleEndian() * 1000L);
                case RdbCodes.OPCODE_EXPIRETIME_MS -> expireAtMillis = expiry(source.longLittleEndian());
                case RdbCodes.OPCODE_FREQ -> source.unsignedByte();
                case RdbCodes.OPCODE_IDLE -> source.length();
                case RdbCodes.OPCODE_SELECTDB -> db = database();
                case RdbCodes.OPCODE_RESIZEDB -> events.databaseSize(db, source.length(), source.length());
                case RdbCodes.OPCODE_AUX -> events.aux(KeyText.of(source.string()), source.string());
                case RdbCodes.OPCODE_MODULE_AUX -> skipModuleData();
                case RdbCodes.OPCODE_FUNCTION2 -> library(sink);
                case RdbCodes.OPCODE_SLOT_INFO -> {
                    source.length();
                    source.length();
                    source.length();
                }
                case RdbCodes.OPCODE_EOF -> {
                    checkSum();
                    if (emptyKeys > 0) {
                        log.warn("empty keys skipped count={}", emptyKeys);
                    }
                    return source.position();
                }
                default -> {
                    key(opcode, values, expireAtMillis);
                    expireAtMillis = -1;
                }
            }
        }
    }

    /** What was taken from the input beyond the end of the stream; belongs to the caller. */
    public ByteBuffer rest() {
        return source.rest();
    }

    /** The RDB version, 0 before the header was read. */
    public int version() {
        return version;
    }

    /** Keys handed to the sink so far. */
    public long keys() {
        return keys;
    }

    /** Empty collections skipped so far. */
    public long emptyKeys() {
        return emptyKeys;
    }

    /** Bytes consumed so far. */
    public long position() {
        return source.position();
    }

    private int header() throws IOException {
        String magic = new String(source.bytes(9), StandardCharsets.ISO_8859_1);
        if (magic.matches("VALKEY[0-9]{3}")) {
            if (magic.endsWith(Integer.toString(RdbCodes.VALKEY))) {
                return RdbCodes.VALKEY;
            }
            throw new UnsupportedRdbVersionException(magic, RdbCodes.NEWEST_READ, source.position());
        }
        if (!magic.matches("REDIS[0-9]{4}")) {
            throw source.corrupt("the stream does not begin with REDIS and a version:");
        }
        int number = Integer.parseInt(magic.substring(5));
        if (number < 1) {
            throw source.corrupt("version=" + number);
        }
        if (number > RdbCodes.NEWEST_READ) {
            throw new UnsupportedRdbVersionException(Integer.toString(number), RdbCodes.NEWEST_READ, source.position());
        }
        return number;
    }

    /** An expiry of long ago that would read as "none" or as no time at all becomes the oldest time there is. */
    private static long expiry(long millis) {
        return millis < -1 ? 0 : millis;
    }

    private void library(EntrySink sink) throws IOException {
        byte[] code = source.string();
        try {
            sink.library(FunctionLibrary.of(code).code());
        } catch (IllegalArgumentException e) {
            throw source.corrupt("a library of functions: " + e.getMessage());
        }
    }

    private int database() throws IOException {
        long index = source.length();
        if (index >= options.databases()) {
            throw new DatabaseOutOfRangeException(index, options.databases(), source.position());
        }
        return (int) index;
    }

    private void key(int type, ValueReader values, long expireAtMillis) throws IOException {
        boolean isSupported =
                RdbCodes.isSupportedType(type) && (version != RdbCodes.VALKEY || type <= RdbCodes.TYPE_VALKEY_HASH_2);
        if (!isSupported && (type >= 128 || type == RdbCodes.OPCODE_FUNCTION_PRE_GA)) {
            throw source.corrupt("opcode=" + type);
        }
        byte[] key = source.string();
        if (!isSupported) {
            throw new UnsupportedRdbTypeException(type, RdbCodes.typeName(type), KeyText.of(key), source.position());
        }
        if (values.read(type, db, key, expireAtMillis)) {
            keys++;
        } else {
            emptyKeys++;
        }
    }

    /** Module data outside of keys: module id, tag and time, then tagged values up to an end tag. */
    private void skipModuleData() throws IOException {
        long from = source.position();
        source.skipNumber();
        if (source.length() != RdbCodes.MODULE_UINT) {
            throw source.corrupt("module data without its time");
        }
        source.skipNumber();
        while (true) {
            long tag = source.length();
            if (tag == RdbCodes.MODULE_EOF) {
                break;
            }
            switch ((int) Math.min(tag, Integer.MAX_VALUE)) {
                case RdbCodes.MODULE_SINT, RdbCodes.MODULE_UINT -> source.skipNumber();
                case RdbCodes.MODULE_FLOAT -> source.skip(4);
                case RdbCodes.MODULE_DOUBLE -> source.skip(8);
                case RdbCodes.MODULE_STRING -> source.skipString();
                default -> throw source.corrupt("module data with tag=" + tag);
            }
        }
        log.warn("module data skipped: modules are not supported bytes={}", source.position() - from);
    }

    private void checkSum() throws IOException {
        if (version < RdbCodes.FIRST_WITH_CHECKSUM) {
            return;
        }
        long actual = source.crc();
        long stated = source.longLittleEndian();
        if (options.checksum() && stated != 0 && stated != actual) {
            throw source.corrupt("checksum=" + Long.toHexString(stated) + " of bytes with " + Long.toHexString(actual));
        }
    }
}
