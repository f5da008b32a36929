package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the entries of one side file, in order or by search.
 *
 * <p>The accessors describe the entry last read. Entry {@code i} is the i-th record of the segment, from 0.
 *
 * <p><i>Confined to the thread that opened it.</i>
 */
final class SideReader implements Closeable {
    private static final int CHUNK_SLOTS = 1024;

    private final LogFile file;
    private final long base;
    private final ByteBuffer chunk;
    private long chunkFirst; // entry at the chunk's start
    private int chunkCount;
    private int at; // offset of the current slot in the chunk

    SideReader(LogFile file, long base, int chunkSlots) {
        this.file = file;
        this.base = base;
        this.chunk = ByteBuffer.allocate(chunkSlots * SideFormat.SLOT);
    }

    static SideReader sequential(Directory directory, long base) throws IOException {
        return new SideReader(directory.openRead(SideFormat.sideName(base)), base, CHUNK_SLOTS);
    }

    static SideReader searching(Directory directory, long base) throws IOException {
        return new SideReader(directory.openRead(SideFormat.sideName(base)), base, 1);
    }

    /**
     * Moves to entry {@code index}; false if the file ends before the slot's end. Says nothing about the slot being
     * intact.
     */
    boolean slot(long index) throws IOException {
        if (index < chunkFirst || index >= chunkFirst + chunkCount) {
            chunk.clear();
            int read = file.readFully(chunk, SideFormat.SLOT * (index + 1));
            chunkFirst = index;
            chunkCount = read / SideFormat.SLOT;
            if (chunkCount == 0) {
                return false;
            }
        }
        at = (int) (index - chunkFirst) * SideFormat.SLOT;
        return true;
    }

    /** Moves to entry {@code index}, which must be an intact entry. */
    void entry(long index) throws IOException {
        if (!slot(index) || !isEntry()) {
            throw new CorruptLogException(file.name(), -1, "entry " + index + " is damaged or missing");
        }
    }

    /**
     * The first of {@code count} entries whose record ends at or after {@code position}; {@code count} if there is
     * none.
     */
    long search(long position, long count) throws IOException {
        long low = 0;
        long high = count;
        while (low < high) {
            long middle = (low + high) >>> 1;
            entry(middle);
            if (end() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    boolean isEntry() {
        return !SideFormat.isFooter(chunk, at) && SideFormat.intact(base, chunk, at);
    }

    boolean isFooter() {
        return SideFormat.isFooter(chunk, at) && SideFormat.intact(base, chunk, at);
    }

    long end() {
        return chunk.getLong(at);
    }

    long millis() {
        return chunk.getLong(at + 8);
    }

    int checksum() {
        return chunk.getInt(at + 16);
    }

    int db() {
        return chunk.getInt(at + 20);
    }

    /** The position that was durable when the record was appended, or -1 if that is not recorded. */
    long durable() {
        long unsynced = Integer.toUnsignedLong(chunk.getInt(at + 24));
        return unsynced == SideFormat.UNSYNCED_MAX ? -1 : end() - unsynced;
    }

    long footerEnd() {
        return chunk.getLong(at + 8);
    }

    long footerEntries() {
        return chunk.getLong(at + 16);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
