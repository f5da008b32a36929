package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that open a log.
 *
 * <ol>
 *   <li>Read the identity file; if there is none and no segment either, write one with status <i>creating</i>.
 *   <li>Examine the segments ({@link Recovery}); refuse, with nothing changed, what no crash explains.
 *   <li>Cut the torn tail off, remove leftovers, seal all segments but the last.
 *   <li>Sync files and directory: everything found is durable now.
 *   <li>Decide on the identity, and write it with status <i>open</i> and this boot's id.
 * </ol>
 *
 * <p>A crash between any two of them is followed by the same steps with the same result.
 *
 * <p><i>Confined to the thread that opens the log.</i>
 */
final class Opening {
    private static final Logger logger = LoggerFactory.getLogger(Opening.class);

    private final Directory directory;
    private final Closeable lock;
    private final WalOptions options;
    private final Supplier<String> newId;
    private final String bootId;

    Opening(Directory directory, Closeable lock, WalOptions options, Supplier<String> newId) {
        this.directory = directory;
        this.lock = lock;
        this.options = options;
        this.newId = newId;
        this.bootId = options.bootId().get();
    }

    Wal open(long basePosition, int baseDb, long nowMillis) throws IOException {
        LogState state = LogState.read(directory);
        boolean created = state == null || state.status() == LogState.Status.CREATING;
        if (state == null || created) {
            state = begin(state, basePosition);
        }
        Recovery recovery = Recovery.examine(directory, state, bootId);
        recovery.apply();
        List<Segment> segments = segments(recovery, baseDb, created ? nowMillis : 0);
        LogIdentity before = state.identity();
        LogIdentity after = recovery.tailUnproven() ? before.continuedAs(newId.get(), recovery.end()) : before;
        new LogState(LogState.Status.OPEN, options.policy(), state.start(), recovery.end(), after, bootId)
                .write(directory);
        RecoveryReport report = new RecoveryReport(
                created, recovery.closedCleanly(), recovery.sameBoot(), recovery.end(), before, after);
        logger.info(
                "log opened, id={} previous={} previousEnd={} start={} end={} segments={} created={} closedCleanly={}"
                        + " sameBoot={} newHistory={}",
                after.id(),
                after.previousId(),
                after.previousEnd(),
                state.start(),
                recovery.end(),
                segments.size(),
                created,
                report.closedCleanly(),
                report.sameBoot(),
                report.newHistory());
        return new Wal(directory, lock, options, bootId, report, segments);
    }

    private LogState begin(@Nullable LogState unfinished, long basePosition) throws IOException {
        if (unfinished == null) {
            for (String name : directory.list()) {
                if (SideFormat.baseOf(name) >= 0) {
                    throw new CorruptLogException(LogState.FILE, -1, "identity file is missing beside segments");
                }
            }
        }
        LogIdentity identity = LogIdentity.of(newId.get());
        LogState state =
                new LogState(LogState.Status.CREATING, options.policy(), basePosition, basePosition, identity, bootId);
        state.write(directory);
        return state;
    }

    private List<Segment> segments(Recovery recovery, int baseDb, long createdMillis) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (SegmentScan scan : recovery.kept()) {
            if (scan.sealed() && !recovery.closedCleanly()) {
                syncFooter(scan.base());
            }
            segments.add(Segment.recovered(directory, scan));
        }
        for (int i = 0; i < segments.size() - 1; i++) {
            Segment segment = segments.get(i);
            if (!segment.sealed()) {
                segment.sync();
                segment.writeFooter();
                segment.seal();
            }
        }
        Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        if (last == null || last.sealed()) {
            long millis = last == null ? createdMillis : last.millis();
            int db = last == null ? baseDb : last.db();
            last = Segment.create(directory, new SideFormat.Header(recovery.end(), millis, db));
            segments.add(last);
        }
        last.sync();
        directory.sync();
        return segments;
    }

    /** A process that died just after writing a footer leaves it in the page cache only. */
    private void syncFooter(long base) throws IOException {
        try (LogFile side = directory.openWrite(SideFormat.sideName(base))) {
            side.sync();
        }
    }
}
