package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds segments and records by position, and reads records with their checksums.
 *
 * <p><i>Thread-safe.</i>
 */
final class Lookup {
    private final Wal wal;

    Lookup(Wal wal) {
        this.wal = wal;
    }

    void check(long position) throws LogTruncatedException {
        long end = wal.end();
        if (position > end) {
            throw new IllegalArgumentException("position " + position + " is beyond the end " + end);
        }
        long start = wal.start();
        if (position < start) {
            throw new LogTruncatedException(position, start);
        }
    }

    /** The segment whose bytes follow {@code position}. */
    Segment holder(long position) throws LogTruncatedException {
        return held(wal.segmentList().holder(position), position, wal);
    }

    private static <T> T held(@Nullable T value, long position, Wal wal) throws LogTruncatedException {
        if (value == null) {
            throw new LogTruncatedException(position, wal.start());
        }
        return value;
    }

    int streamDbAt(long position) throws IOException {
        check(position);
        Segment segment = holder(position);
        if (position == segment.base()) {
            return segment.header().db();
        }
        try (SideReader entries = held(segment.searchEntries(), position, wal)) {
            long count = segment.entries();
            long index = entries.search(position + 1, count);
            if (index == 0) {
                return segment.header().db();
            }
            entries.entry(index - 1);
            return entries.db();
        }
    }

    long millisAt(long position) throws IOException {
        check(position);
        Segment segment = holder(position);
        if (position == segment.base()) {
            return segment.header().millis();
        }
        try (SideReader entries = held(segment.searchEntries(), position, wal)) {
            entries.entry(entries.search(position, segment.entries()));
            return entries.millis();
        }
    }

    boolean isBoundary(long position) throws IOException {
        check(position);
        Segment segment = holder(position);
        if (position == segment.base()) {
            return true;
        }
        try (SideReader entries = held(segment.searchEntries(), position, wal)) {
            return endsAt(entries, position, segment.entries()) >= 0;
        }
    }

    /** The entry that ends exactly there, or -1. */
    private static long endsAt(SideReader entries, long position, long count) throws IOException {
        long index = entries.search(position, count);
        if (index == count) {
            return -1;
        }
        entries.entry(index);
        return entries.end() == position ? index : -1;
    }

    void replay(long from, RecordVisitor visitor) throws IOException {
        check(from);
        if (!isBoundary(from)) {
            throw new IllegalArgumentException("position " + from + " is inside a record");
        }
        long end = wal.end();
        long position = from;
        while (position < end) {
            position = replaySegment(holder(position), position, end, visitor);
        }
    }

    private long replaySegment(Segment segment, long from, long limit, RecordVisitor visitor) throws IOException {
        LogFile log = held(segment.acquire(), from, wal);
        try (SideReader entries = held(segment.readEntries(), from, wal)) {
            long count = segment.entries();
            long index = 0;
            if (from > segment.base()) {
                try (SideReader search = held(segment.searchEntries(), from, wal)) {
                    index = endsAt(search, from, count) + 1;
                }
            }
            RecordBuffer records = new RecordBuffer(log);
            long position = from;
            for (; index < count && position < limit; index++) {
                entries.entry(index);
                ByteBuffer bytes = records.bytes(position - segment.base(), (int) (entries.end() - position));
                if (bytes == null) {
                    throw new CorruptLogException(log.name(), position, "record is cut");
                }
                if (records.checksum(bytes) != entries.checksum()) {
                    throw new CorruptLogException(
                            log.name(), position, "record of " + bytes.remaining() + " bytes fails its checksum");
                }
                visitor.visit(position, bytes, entries.db(), entries.millis());
                position = entries.end();
            }
            if (position == from) {
                throw new CorruptLogException(SideFormat.sideName(segment.base()), from, "no entry follows");
            }
            return position;
        } finally {
            segment.release();
        }
    }

    long verify(long from) throws IOException {
        check(from);
        long end = wal.end();
        long count = 0;
        for (long position = from; position < end; ) {
            Segment segment = holder(position);
            count += verifySegment(segment, position, end);
            position = segment.end();
        }
        return count;
    }

    private long verifySegment(Segment segment, long from, long limit) throws IOException {
        LogFile log = held(segment.acquire(), from, wal);
        try (SideReader entries = held(segment.readEntries(), from, wal);
                SideReader search = held(segment.searchEntries(), from, wal)) {
            long count = segment.entries();
            long first = search.search(from + 1, count);
            long position = segment.base();
            if (first > 0) {
                search.entry(first - 1);
                position = search.end();
            }
            RecordBuffer records = new RecordBuffer(log);
            long index = first;
            for (; index < count && position < limit; index++) {
                entries.entry(index);
                long length = entries.end() - position;
                RecordBuffer.Found found = records.find(position - segment.base(), length, entries.checksum());
                if (found != RecordBuffer.Found.GOOD) {
                    throw damaged(log, position, length, found);
                }
                position = entries.end();
            }
            if (index == first) {
                throw new CorruptLogException(SideFormat.sideName(segment.base()), from, "no entry follows");
            }
            return index - first;
        } finally {
            segment.release();
        }
    }

    private static CorruptLogException damaged(LogFile log, long position, long length, RecordBuffer.Found found) {
        return new CorruptLogException(
                log.name(),
                position,
                found == RecordBuffer.Found.CUT
                        ? "record is cut"
                        : "record of " + length + " bytes fails its checksum");
    }
}
