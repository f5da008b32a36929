package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The byte format of side files, and the names of segment files.
 *
 * <p>A segment with base position {@code B} is two files: {@code B.log}, raw stream bytes, and {@code B.side}, which
 * tells where records end; {@code B} is written with 20 digits. A side file is a row of 32-byte slots, big-endian: one
 * header, an entry for each record, and once the segment is sealed a footer.
 *
 * <pre>
 *   header                          entry                               footer
 *   0  u32 magic 43 52 4E 53        0  u64 end of the record            0  8 bytes FF 53 45 41 4C 45 44 01
 *   4  u32 version 1                8  u64 wall clock, ms               8  u64 end of the segment
 *   8  u64 base                    16  u32 crc32c of the record        16  u64 number of entries
 *  16  u64 wall clock at base, ms  20  i32 stream db after it, or -1   24  u32 zero
 *  24  i32 stream db at base       24  u32 unsynced                    28  u32 check
 *  28  u32 check                   28  u32 check
 * </pre>
 *
 * <p>The check is the crc32c of the base (u64) followed by the slot's first 28 bytes, so a slot of another segment is
 * no slot of this one. {@code unsynced} is the record's end less the position that was proven durable when the record
 * was appended, all ones if it does not fit: it lets recovery tell damage inside the durable part from a torn tail (see
 * {@link Recovery}). An entry never starts with a byte FF, a position being less than 2^63.
 *
 * <p><i>Immutable.</i>
 */
final class SideFormat {
    static final int SLOT = 32;
    static final int MAGIC = 0x43524E53;
    static final int VERSION = 1;
    static final long FOOTER = 0xFF5345414C454401L;
    static final long UNSYNCED_MAX = 0xFFFF_FFFFL;

    private static final int CHECKED = SLOT - 4;
    private static final Pattern NAME = Pattern.compile("(\\d{20})\\.(log|side)");

    private SideFormat() {}

    /** What a side file's header says. */
    record Header(long base, long millis, int db) {}

    static String logName(long base) {
        return String.format(Locale.ROOT, "%020d.log", base);
    }

    static String sideName(long base) {
        return String.format(Locale.ROOT, "%020d.side", base);
    }

    /** The base position in a segment file's name, or -1 if it is not one. */
    static long baseOf(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return -1;
        }
        try {
            return Long.parseLong(matcher.group(1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static ByteBuffer header(Header header) {
        ByteBuffer slot = ByteBuffer.allocate(SLOT);
        slot.putInt(MAGIC).putInt(VERSION).putLong(header.base());
        slot.putLong(header.millis()).putInt(header.db());
        return closed(slot, header.base());
    }

    static ByteBuffer footer(long base, long end, long entries) {
        ByteBuffer slot = ByteBuffer.allocate(SLOT);
        slot.putLong(FOOTER).putLong(end).putLong(entries).putInt(0);
        return closed(slot, base);
    }

    private static ByteBuffer closed(ByteBuffer slot, long base) {
        return slot.putInt(check(base, slot, 0)).flip();
    }

    /**
     * Reads a header.
     *
     * @return null if the slot is no intact header
     * @throws LogTooNewException if it is the header of a later format
     * @throws CorruptLogException if it is intact but belongs to another segment
     */
    static @Nullable Header parseHeader(String file, long base, ByteBuffer slot) throws IOException {
        if (slot.getInt(0) != MAGIC) {
            return null;
        }
        int version = slot.getInt(4);
        if (Integer.compareUnsigned(version, VERSION) > 0) {
            throw new LogTooNewException(file, Integer.toUnsignedLong(version), VERSION);
        }
        long found = slot.getLong(8);
        if (version != VERSION || slot.getInt(CHECKED) != check(found, slot, 0)) {
            return null;
        }
        if (found != base) {
            throw new CorruptLogException(file, base, "header has base " + found + ", name has " + base);
        }
        return new Header(found, slot.getLong(16), slot.getInt(24));
    }

    /** Whether the slot at {@code at} carries the right check for a segment with that base. */
    static boolean intact(long base, ByteBuffer slots, int at) {
        return slots.getInt(at + CHECKED) == check(base, slots, at);
    }

    static boolean isFooter(ByteBuffer slots, int at) {
        return slots.getLong(at) == FOOTER;
    }

    private static int check(long base, ByteBuffer slots, int at) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (base >>> shift));
        }
        ByteBuffer view = slots.duplicate();
        view.limit(at + CHECKED).position(at);
        crc.update(view);
        return (int) crc.getValue();
    }

    /**
     * Writes entries without allocating.
     *
     * <p><i>Confined to the thread that appends.</i>
     */
    static final class EntryWriter {
        private final CRC32C crc = new CRC32C();
        private final ByteBuffer slot = ByteBuffer.allocateDirect(8 + SLOT);

        /** The checksum of a record that comes in two parts; their positions are left as they were. */
        int checksum(ByteBuffer prefix, ByteBuffer bytes) {
            crc.reset();
            update(prefix);
            update(bytes);
            return (int) crc.getValue();
        }

        private void update(ByteBuffer part) {
            int position = part.position();
            crc.update(part);
            part.position(position);
        }

        /** The slot to write, valid until the next call. */
        ByteBuffer entry(long base, long end, long millis, int checksum, int db, long durable) {
            slot.clear();
            slot.putLong(base).putLong(end).putLong(millis).putInt(checksum).putInt(db);
            slot.putInt((int) Math.min(end - durable, UNSYNCED_MAX));
            slot.flip();
            crc.reset();
            crc.update(slot);
            slot.limit(slot.capacity());
            slot.putInt((int) crc.getValue());
            slot.position(8);
            return slot;
        }
    }
}
