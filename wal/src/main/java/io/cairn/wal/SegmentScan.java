package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the two files of one segment hold, found by reading them.
 *
 * <p>A sealed segment is judged by its lengths and its footer alone, so opening a long log costs a few reads a segment;
 * all others by the checksum of every record.
 *
 * <p><i>Immutable.</i>
 *
 * @param header the side file's header; null if it is damaged, and then there are no entries
 * @param sealed whether it ends with a footer
 * @param end position after the last good record
 * @param entries number of good records
 * @param lastDb stream db after the last good record
 * @param lastMillis wall clock of the last good record
 * @param proven a position that was durable according to any intact slot, the ones after damage included; -1 if none
 *     says
 * @param damage what is wrong after {@code end}; null if nothing is
 */
record SegmentScan(
        long base,
        SideFormat.@Nullable Header header,
        boolean sealed,
        long end,
        long entries,
        int lastDb,
        long lastMillis,
        long proven,
        @Nullable Damage damage) {

    /** How a segment can be other than it should. */
    enum Kind {
        /** The last slot is incomplete: a killed process leaves that. */
        TORN_SLOT,
        /**
         * The last slot is whole but damaged, and no bytes are without an entry: a footer, if a segment follows.
         */
        DAMAGED_LAST_SLOT,
        /** Bytes without an entry follow the last record: a killed process leaves that in its last segment. */
        EXTRA_BYTES,
        /** The segment was being created: a killed process leaves that as its last segment. */
        UNFINISHED,
        /** Something that was once written is missing or differs. */
        DIFFERENT
    }

    /** One finding. */
    record Damage(Kind kind, String file, String reason) {
        boolean leftByKill(boolean lastSegment) {
            return switch (kind) {
                case TORN_SLOT -> true;
                case EXTRA_BYTES, UNFINISHED -> lastSegment;
                case DAMAGED_LAST_SLOT, DIFFERENT -> false;
            };
        }

        /**
         * Whether it can be that nothing but the footer was hit; a killed process cannot have left a whole slot
         * damaged.
         */
        boolean onlyFooter(boolean sameBoot) {
            return kind == Kind.TORN_SLOT || (kind == Kind.DAMAGED_LAST_SLOT && !sameBoot);
        }
    }

    static SegmentScan of(Directory directory, List<String> names, long base) throws IOException {
        String log = SideFormat.logName(base);
        String side = SideFormat.sideName(base);
        if (!names.contains(side)) {
            return headless(base, Kind.DIFFERENT, side, "side file is missing", -1);
        }
        long sideSize = directory.size(side);
        if (sideSize < SideFormat.SLOT) {
            Kind kind = names.contains(log) ? Kind.DIFFERENT : Kind.UNFINISHED;
            return headless(base, kind, side, "side file has " + sideSize + " bytes, less than a header", -1);
        }
        try (LogFile sideFile = directory.openRead(side)) {
            ByteBuffer slot = ByteBuffer.allocate(SideFormat.SLOT);
            sideFile.readFully(slot, 0);
            SideFormat.Header header = SideFormat.parseHeader(side, base, slot);
            if (header == null) {
                return headless(base, Kind.DIFFERENT, side, "side file header is damaged", proof(sideFile, base, 0));
            }
            if (!names.contains(log)) {
                Kind kind = sideSize == SideFormat.SLOT ? Kind.UNFINISHED : Kind.DIFFERENT;
                return headless(base, kind, log, "segment file is missing", proof(sideFile, base, 0));
            }
            try (LogFile logFile = directory.openRead(log)) {
                SideReader tail = new SideReader(sideFile, base, 2);
                long last = sideSize / SideFormat.SLOT - 2;
                if (last > 0 && tail.slot(last) && tail.isFooter()) {
                    return sealed(header, tail, sideSize, logFile);
                }
                return new Unsealed(header, sideFile, logFile).scan(sideSize);
            }
        }
    }

    private static SegmentScan headless(long base, Kind kind, String file, String reason, long proven) {
        return new SegmentScan(base, null, false, base, 0, -1, 0, proven, new Damage(kind, file, reason));
    }

    /** The highest durable position that an intact slot from entry {@code from} on speaks of; -1 if none does. */
    private static long proof(LogFile sideFile, long base, long from) throws IOException {
        SideReader side = new SideReader(sideFile, base, 1024);
        long proven = -1;
        for (long i = from; side.slot(i); i++) {
            if (side.isFooter()) {
                proven = Math.max(proven, side.footerEnd());
            } else if (side.isEntry()) {
                proven = Math.max(proven, side.durable());
            }
        }
        return proven;
    }

    private static SegmentScan sealed(SideFormat.Header header, SideReader tail, long sideSize, LogFile log)
            throws IOException {
        long base = header.base();
        long end = tail.footerEnd();
        long entries = tail.footerEntries();
        String side = SideFormat.sideName(base);
        if (sideSize != (entries + 2) * SideFormat.SLOT) {
            throw new CorruptLogException(
                    side, base, "sealed with " + entries + " entries but is " + sideSize + " bytes long");
        }
        if (log.size() != end - base) {
            throw new CorruptLogException(
                    log.name(), base, "sealed with " + (end - base) + " bytes but is " + log.size() + " bytes long");
        }
        tail.entry(entries - 1);
        if (tail.end() != end) {
            throw new CorruptLogException(side, base, "footer has end " + end + ", last entry " + tail.end());
        }
        return new SegmentScan(base, header, true, end, entries, tail.db(), tail.millis(), end, null);
    }

    /** The scan of a segment without a footer, record by record. */
    private static final class Unsealed {
        private final SideFormat.Header header;
        private final SideReader side;
        private final LogFile sideFile;
        private final LogFile log;
        private final RecordBuffer records;
        private long end;
        private long entries;
        private int db;
        private long millis;
        private long proven = -1;

        Unsealed(SideFormat.Header header, LogFile sideFile, LogFile log) {
            this.header = header;
            this.sideFile = sideFile;
            this.side = new SideReader(sideFile, header.base(), 1024);
            this.log = log;
            this.records = new RecordBuffer(log);
            this.end = header.base();
            this.db = header.db();
            this.millis = header.millis();
        }

        SegmentScan scan(long sideSize) throws IOException {
            Damage damage = null;
            while (damage == null && side.slot(entries)) {
                damage = next();
            }
            if (damage != null) {
                proven = Math.max(proven, proof(sideFile, header.base(), entries));
            } else if (sideSize % SideFormat.SLOT != 0) {
                damage = new Damage(Kind.TORN_SLOT, sideFile.name(), "last slot is incomplete");
            } else if (log.size() > end - header.base()) {
                damage = new Damage(Kind.EXTRA_BYTES, log.name(), "bytes follow the last record");
            }
            return new SegmentScan(header.base(), header, false, end, entries, db, millis, proven, damage);
        }

        private @Nullable Damage next() throws IOException {
            if (side.isFooter()) {
                throw new CorruptLogException(sideFile.name(), end, "bytes follow the footer of a sealed segment");
            }
            if (!side.isEntry()) {
                boolean last = sideFile.size() < (entries + 3) * SideFormat.SLOT && log.size() == end - header.base();
                Kind kind = last ? Kind.DAMAGED_LAST_SLOT : Kind.DIFFERENT;
                return new Damage(kind, sideFile.name(), "slot of entry " + entries + " is damaged");
            }
            long length = side.end() - end;
            if (length <= 0 || length > Integer.MAX_VALUE - 8) {
                return new Damage(
                        Kind.DIFFERENT,
                        sideFile.name(),
                        "entry " + entries + " ends at " + side.end() + ", the one before at " + end);
            }
            RecordBuffer.Found found = records.find(end - header.base(), length, side.checksum());
            if (found == RecordBuffer.Found.CUT) {
                return new Damage(
                        Kind.DIFFERENT,
                        log.name(),
                        "record of " + length + " bytes is cut: the file has " + log.size() + " bytes");
            }
            if (found == RecordBuffer.Found.DAMAGED) {
                return new Damage(Kind.DIFFERENT, log.name(), "record of " + length + " bytes fails its checksum");
            }
            end = side.end();
            db = side.db();
            millis = side.millis();
            proven = Math.max(proven, side.durable());
            entries++;
            return null;
        }
    }
}
