package io.cairn.wal;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a log remembers beside its segments, in the file {@code identity}.
 *
 * <p>The file is replaced as a whole: written as {@code identity.tmp}, synced, renamed, directory synced. Big-endian:
 *
 * <pre>
 *    0  u32  magic 43 52 4E 49
 *    4  u8   version 1
 *    5  u8   status: 0 creating, 1 open, 2 closed
 *    6  u8   sync policy: 0 always, 1 everysec, 2 no
 *    7  u8   zero
 *    8  u64  start: oldest position held; segments below it are leftovers
 *   16  u64  durable: position proven durable when this was written; the end of the log if closed
 *   24  i64  previous end, -1 if there is no previous id
 *   32  str  id            str = u8 length, then that many bytes of ASCII
 *    .  str  previous id, empty if there is none
 *    .  str  boot id of the kernel under which the log was open
 *    .  u32  crc32c of all bytes before
 * </pre>
 *
 * <p><i>Immutable.</i>
 */
record LogState(Status status, SyncPolicy policy, long start, long durable, LogIdentity identity, String bootId) {
    static final String FILE = "identity";
    static final String TEMPORARY = "identity.tmp";

    private static final int MAGIC = 0x43524E49;
    private static final int VERSION = 1;
    private static final int FIXED = 32;
    private static final int MAX_BYTES = FIXED + 3 * 256 + 4;

    /** How far the life of the log had come. */
    enum Status {
        CREATING(0),
        OPEN(1),
        CLOSED(2);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        private static Status of(int code) throws CorruptLogException {
            for (Status status : values()) {
                if (status.code == code) {
                    return status;
                }
            }
            throw corrupt("unknown status " + code);
        }
    }

    private static int code(SyncPolicy policy) {
        return switch (policy) {
            case ALWAYS -> 0;
            case EVERYSEC -> 1;
            case NO -> 2;
        };
    }

    private static SyncPolicy policy(int code) throws CorruptLogException {
        return switch (code) {
            case 0 -> SyncPolicy.ALWAYS;
            case 1 -> SyncPolicy.EVERYSEC;
            case 2 -> SyncPolicy.NO;
            default -> throw corrupt("unknown sync policy " + code);
        };
    }

    /** Reads the file; null if there is none. */
    static @Nullable LogState read(Directory directory) throws IOException {
        if (!directory.list().contains(FILE)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES + 1);
        try (LogFile file = directory.openRead(FILE)) {
            file.readFully(bytes, 0);
        }
        return parse(bytes.flip());
    }

    /** Replaces the file durably. */
    void write(Directory directory) throws IOException {
        prepare(directory);
        publish(directory);
    }

    /** The first half of {@link #write}: if it fails the old file is still the one that counts. */
    void prepare(Directory directory) throws IOException {
        try (LogFile file = directory.create(TEMPORARY)) {
            file.write(encode(), 0);
            file.sync();
        }
    }

    /** The second half: if it fails either file may be the one that counts. */
    static void publish(Directory directory) throws IOException {
        directory.rename(TEMPORARY, FILE);
        directory.sync();
    }

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        bytes.putInt(MAGIC).put((byte) VERSION).put((byte) status.code).put((byte) code(policy));
        bytes.put((byte) 0).putLong(start).putLong(durable).putLong(identity.previousEnd());
        put(bytes, identity.id());
        String previous = identity.previousId();
        put(bytes, previous == null ? "" : previous);
        put(bytes, bootId);
        bytes.putInt(checksum(bytes, bytes.position()));
        return bytes.flip();
    }

    static LogState parse(ByteBuffer bytes) throws IOException {
        int length = bytes.limit();
        if (length < FIXED + 4 || bytes.getInt() != MAGIC) {
            throw corrupt("no header");
        }
        int version = Byte.toUnsignedInt(bytes.get());
        if (version > VERSION) {
            throw new LogTooNewException(FILE, version, VERSION);
        }
        if (version != VERSION || bytes.getInt(length - 4) != checksum(bytes, length - 4)) {
            throw corrupt("version " + version + " or checksum does not fit the content");
        }
        try {
            Status status = Status.of(bytes.get());
            SyncPolicy policy = policy(bytes.get());
            bytes.get();
            long start = bytes.getLong();
            long durable = bytes.getLong();
            long previousEnd = bytes.getLong();
            String id = take(bytes);
            String previous = take(bytes);
            String bootId = take(bytes);
            if (bytes.position() != length - 4 || start < 0 || durable < start) {
                throw corrupt("fields do not fit each other");
            }
            LogIdentity identity = new LogIdentity(id, previous.isEmpty() ? null : previous, previousEnd);
            return new LogState(status, policy, start, durable, identity, bootId);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw corrupt("field out of range: " + e.getMessage());
        }
    }

    private static void put(ByteBuffer bytes, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > 255) {
            throw new IllegalArgumentException("longer than 255 bytes: " + text);
        }
        bytes.put((byte) ascii.length).put(ascii);
    }

    private static String take(ByteBuffer bytes) {
        byte[] ascii = new byte[Byte.toUnsignedInt(bytes.get())];
        bytes.get(ascii);
        return new String(ascii, StandardCharsets.US_ASCII);
    }

    private static int checksum(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(length).position(0));
        return (int) crc.getValue();
    }

    private static CorruptLogException corrupt(String reason) {
        return new CorruptLogException(FILE, -1, reason);
    }
}
