package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One stretch of the log: a file of stream bytes and its side file (see {@link SideFormat}).
 *
 * <p>Life: <i>active</i> (the last one; records are added) → <i>rolled</i> (full, not yet proven durable) →
 * <i>sealed</i> (durable, with footer, its write handles closed) → <i>retired</i> (deleted; readers that hold it go on
 * reading). Recovery starts with sealed ones and at most one active one.
 *
 * <pre>
 *   field                      written by         read by      guard
 *   end, entries, db, millis   the appender       any thread   end is volatile and written last
 *   data, side (write)         the appender while active, then whoever syncs; hand-over through Wal.segments
 *   parts                      the appender       the appender
 *   sealed                     whoever syncs      any thread   volatile
 *   reading, readers, retired  any thread         any thread   this
 * </pre>
 *
 * <p><i>Thread-safe.</i>
 */
final class Segment {
    private final Directory directory;
    private final SideFormat.Header header;
    private volatile long end;
    private long entries;
    private int lastDb;
    private long lastMillis;
    private volatile boolean sealed;

    private @Nullable LogFile data;
    private @Nullable LogFile side;
    private long parts; // bytes behind the end, of a record that is not whole yet
    private final CRC32C partsChecksum = new CRC32C();

    private @Nullable LogFile reading;
    private int readers;
    private boolean retired;

    private Segment(Directory directory, SideFormat.Header header) {
        this.directory = directory;
        this.header = header;
        this.end = header.base();
        this.lastDb = header.db();
        this.lastMillis = header.millis();
    }

    /** Makes a new active segment: the side file with its header first, then the empty segment file. */
    static Segment create(Directory directory, SideFormat.Header header) throws IOException {
        Segment segment = new Segment(directory, header);
        LogFile side = directory.create(SideFormat.sideName(header.base()));
        try {
            side.write(SideFormat.header(header), 0);
            segment.data = directory.create(SideFormat.logName(header.base()));
        } catch (IOException e) {
            side.close();
            throw e;
        }
        segment.side = side;
        return segment;
    }

    /** Takes over a segment that recovery found good; opens it for writing unless it is sealed. */
    static Segment recovered(Directory directory, SegmentScan scan) throws IOException {
        SideFormat.Header header = scan.header();
        if (header == null) {
            throw new IllegalArgumentException("segment " + scan.base() + " has no header");
        }
        Segment segment = new Segment(directory, header);
        segment.entries = scan.entries();
        segment.lastDb = scan.lastDb();
        segment.lastMillis = scan.lastMillis();
        segment.sealed = scan.sealed();
        segment.end = scan.end();
        if (!scan.sealed()) {
            segment.data = directory.openWrite(SideFormat.logName(scan.base()));
            segment.side = directory.openWrite(SideFormat.sideName(scan.base()));
        }
        return segment;
    }

    long base() {
        return header.base();
    }

    /** Position after the last byte. */
    long end() {
        return end;
    }

    long bytes() {
        return end - header.base();
    }

    boolean sealed() {
        return sealed;
    }

    /** Stream db at the end. */
    int db() {
        long published = end; // the fields below are written before it
        return published == header.base() ? header.db() : lastDb;
    }

    /** Wall clock of the last record, or of the one before the base if there is none. */
    long millis() {
        long published = end;
        return published == header.base() ? header.millis() : lastMillis;
    }

    long entries() {
        long published = end;
        return published == header.base() ? 0 : entries;
    }

    SideFormat.Header header() {
        return header;
    }

    SegmentInfo info() {
        return new SegmentInfo(header.base(), end(), entries(), millis(), sealed);
    }

    // ---- writing

    /**
     * Adds a record: its bytes, then its entry; visible only when both are written.
     *
     * @throws IOException if it could not be written; {@link #rollback} must follow
     */
    void append(SideFormat.EntryWriter entry, ByteBuffer prefix, ByteBuffer bytes, int db, long millis, long durable)
            throws IOException {
        long before = end;
        long after = before + prefix.remaining() + bytes.remaining();
        int checksum = entry.checksum(prefix, bytes);
        open(data).write(prefix, bytes, before - header.base());
        open(side)
                .write(
                        entry.entry(header.base(), after, millis, checksum, db, durable),
                        SideFormat.SLOT * (entries + 1));
        added(after, db, millis);
    }

    private void added(long after, int db, long millis) {
        entries++;
        lastDb = db;
        lastMillis = millis;
        end = after;
    }

    /** Bytes of the record that is being added in parts. */
    long parts() {
        return parts;
    }

    /**
     * Writes a part of a record behind the end, where nobody looks.
     *
     * @throws IOException if it could not be written; {@link #rollback} must follow
     */
    void appendPart(ByteBuffer part) throws IOException {
        int length = part.remaining();
        int position = part.position();
        if (parts == 0) {
            partsChecksum.reset();
        }
        partsChecksum.update(part);
        part.position(position);
        open(data).write(part, bytes() + parts);
        parts += length;
    }

    /** Adds the parts as one record; {@link #rollback} must follow if that fails. */
    void completeParts(SideFormat.EntryWriter entry, int db, long millis, long durable) throws IOException {
        long after = end + parts;
        int checksum = (int) partsChecksum.getValue();
        open(side)
                .write(
                        entry.entry(header.base(), after, millis, checksum, db, durable),
                        SideFormat.SLOT * (entries + 1));
        parts = 0;
        added(after, db, millis);
    }

    /** Cuts off what a failed {@link #append} left behind, and the parts of a record that is not whole. */
    void rollback() throws IOException {
        parts = 0;
        open(side).truncate(SideFormat.SLOT * (entries + 1));
        open(data).truncate(end - header.base());
    }

    /** Makes everything appended before the call durable: bytes first. */
    void sync() throws IOException {
        open(data).sync();
        open(side).sync();
    }

    /** Writes the footer of a segment that is synced and gets no more records. */
    void writeFooter() throws IOException {
        LogFile file = open(side);
        long at = SideFormat.SLOT * (entries + 1);
        try {
            file.write(SideFormat.footer(header.base(), end, entries), at);
        } catch (IOException e) {
            file.truncate(at);
            file.sync(); // or a power cut brings the piece back after the position has become durable
            throw e;
        }
    }

    /** Makes the footer durable and gives the write handles up. */
    void seal() throws IOException {
        open(side).sync();
        sealed = true;
        closeWriters();
    }

    void closeWriters() throws IOException {
        LogFile first = data;
        LogFile second = side;
        data = null;
        side = null;
        try (first;
                second) {
            // closing is all there is to do
        }
    }

    private static LogFile open(@Nullable LogFile file) throws IOException {
        if (file == null) {
            throw new IOException("segment is not open for writing");
        }
        return file;
    }

    // ---- reading

    /** Opens the segment's bytes for one more reader, who must {@link #release} it; null if the segment is gone. */
    synchronized @Nullable LogFile acquire() throws IOException {
        if (retired) {
            return null;
        }
        if (reading == null) {
            reading = directory.openRead(SideFormat.logName(header.base()));
        }
        readers++;
        return reading;
    }

    /** One more reader of a file that is acquired already. */
    synchronized void acquireAgain() {
        if (readers == 0) {
            throw new IllegalStateException("segment " + header.base() + " is not acquired");
        }
        readers++;
    }

    synchronized void release() throws IOException {
        if (readers == 0) {
            throw new IllegalStateException("segment " + header.base() + " released too often");
        }
        if (--readers == 0 && reading != null) {
            reading.close();
            reading = null;
        }
    }

    synchronized void retire() {
        retired = true;
    }

    /** A reader of the entries, for search; null if the segment is gone. */
    @Nullable
    SideReader searchEntries() throws IOException {
        synchronized (this) {
            return retired ? null : SideReader.searching(directory, header.base());
        }
    }

    /** A reader of the entries, in order; null if the segment is gone. */
    @Nullable
    SideReader readEntries() throws IOException {
        synchronized (this) {
            return retired ? null : SideReader.sequential(directory, header.base());
        }
    }

    @Override
    public String toString() {
        return "segment[" + header.base() + ".." + end + (sealed ? " sealed]" : "]");
    }
}
