package io.cairn.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds where a log ends after its last owner stopped or died, and tells a torn tail from corruption.
 *
 * <p>The examination only reads; {@link #apply} changes files only after all of it went well. Let <i>E</i> be the end
 * of the longest chain of good records and <i>D</i> the highest position that anything intact on disk proves to have
 * been durable: the identity file, the footer of a sealed segment, or what the entry of a later record says was synced
 * before it. Damage at E is a <b>torn tail</b>, and is cut off, if
 *
 * <ul>
 *   <li>the log was not closed cleanly, and
 *   <li>D is not beyond E, and
 *   <li>the kernel's boot id has changed, or it has not and a killed process explains what is there: bytes without an
 *       entry or an incomplete slot at the very end, or a segment just being created.
 * </ul>
 *
 * <p>One more is mended: a segment whose records are all good and whose successor begins where it ends, but whose
 * footer is torn or missing.
 *
 * <p>Everything else is <b>corruption</b> and refused. After a change of boot id whole records may follow the damage,
 * because the kernel writes pages back in any order; they are part of the torn tail as long as none of them proves that
 * the damaged bytes were once durable. With an unchanged boot id the page cache holds every completed write, so a
 * record that fails its checksum is never excused.
 *
 * <p><i>Confined to the thread that opens the log.</i>
 */
final class Recovery {
    private static final Logger logger = LoggerFactory.getLogger(Recovery.class);

    private final Directory directory;
    private final LogState state;
    private final boolean sameBoot;
    private final List<String> names;
    private final List<SegmentScan> kept = new ArrayList<>();
    private final List<SegmentScan> doomed = new ArrayList<>();
    private long end;
    private long proven;

    private Recovery(Directory directory, LogState state, String bootId) throws IOException {
        this.directory = directory;
        this.state = state;
        this.sameBoot = state.bootId().equals(bootId);
        this.names = directory.list();
        this.end = state.start();
        this.proven = state.durable();
    }

    /** Examines the log without changing it. */
    static Recovery examine(Directory directory, LogState state, String bootId) throws IOException {
        Recovery recovery = new Recovery(directory, state, bootId);
        if (state.status() == LogState.Status.CREATING) {
            recovery.examineUnborn();
        } else {
            recovery.examineChain();
        }
        return recovery;
    }

    /** Good segments in order; all but the last are sealed after {@link #apply}. */
    List<SegmentScan> kept() {
        return kept;
    }

    /** Where the log ends. */
    long end() {
        return end;
    }

    boolean closedCleanly() {
        return state.status() == LogState.Status.CLOSED;
    }

    boolean sameBoot() {
        return sameBoot;
    }

    /** Whether bytes past {@link #end()} may have been given to somebody and then lost. */
    boolean tailUnproven() {
        return state.status() == LogState.Status.OPEN && !sameBoot && state.policy() != SyncPolicy.ALWAYS;
    }

    private void examineUnborn() throws IOException {
        for (String name : names) {
            if (SideFormat.baseOf(name) >= 0 && name.endsWith(".log") && directory.size(name) > 0) {
                throw new CorruptLogException(
                        name, state.start(), "holds bytes, but the log was never finished creating");
            }
        }
    }

    private void examineChain() throws IOException {
        List<SegmentScan> scans = new ArrayList<>();
        for (long base : bases(names)) {
            if (base >= state.start()) {
                SegmentScan scan = SegmentScan.of(directory, names, base);
                scans.add(scan);
                proven = Math.max(proven, scan.proven());
            }
        }
        if (scans.isEmpty() || scans.get(0).base() != state.start()) {
            throw new CorruptLogException(
                    SideFormat.logName(state.start()), state.start(), "the first segment is missing");
        }
        for (int i = 0; i < scans.size(); i++) {
            chain(scans.get(i), i < scans.size() - 1 ? scans.get(i + 1).base() : -1);
        }
        if (proven > end) {
            throw new CorruptLogException(
                    SideFormat.logName(end), end, "log ends at " + end + " but was durable up to " + proven);
        }
        if (closedCleanly() && end != state.durable()) {
            throw new CorruptLogException(
                    SideFormat.logName(end), end, "log ends at " + end + " but was closed at " + state.durable());
        }
    }

    private void chain(SegmentScan scan, long nextBase) throws IOException {
        if (!doomed.isEmpty()) {
            doomed.add(scan);
        } else if (scan.base() > end) {
            String found = "segment is missing or ends too early: the next one starts at " + scan.base();
            requireTorn(SideFormat.logName(end), found, false);
            doomed.add(scan);
        } else if (scan.base() < end) {
            throw new CorruptLogException(
                    SideFormat.logName(scan.base()),
                    scan.base(),
                    "segment overlaps the one before, which ends at " + end);
        } else {
            kept.add(scan);
            end = scan.end();
            SegmentScan.Damage damage = scan.damage();
            if (damage != null && !(damage.onlyFooter(sameBoot) && nextBase == end && !closedCleanly())) {
                requireTorn(damage.file(), damage.reason(), damage.leftByKill(nextBase < 0));
            }
        }
    }

    /** Refuses the damage at {@link #end} unless it is a torn tail. */
    private void requireTorn(String file, String reason, boolean leftByKill) throws IOException {
        if (closedCleanly()) {
            throw new CorruptLogException(file, end, reason + ", though the log was closed cleanly");
        }
        if (proven > end) {
            throw new CorruptLogException(file, end, reason + ", though the log was durable up to " + proven);
        }
        if (sameBoot && !leftByKill) {
            throw new CorruptLogException(file, end, reason + ", though the machine was not restarted");
        }
    }

    /** Cuts the torn tail off and removes leftovers; syncs nothing but the lengths it changes. */
    void apply() throws IOException {
        for (String name : names) {
            long base = SideFormat.baseOf(name);
            if (base >= 0 && (base < state.start() || state.status() == LogState.Status.CREATING)) {
                directory.delete(name);
            } else if (name.equals(LogState.TEMPORARY)) {
                directory.delete(name);
            }
        }
        for (int i = doomed.size() - 1; i >= 0; i--) {
            deleteSegment(doomed.get(i).base(), "doomed");
        }
        for (int i = 0; i < kept.size(); i++) {
            SegmentScan scan = kept.get(i);
            if (scan.damage() == null) {
                continue;
            }
            logger.warn(
                    "log tail torn, file={} reason=\"{}\" base={} end={} sameBoot={}",
                    scan.damage().file(),
                    scan.damage().reason(),
                    scan.base(),
                    scan.end(),
                    sameBoot);
            if (scan.header() == null) {
                deleteSegment(scan.base(), "headless");
                kept.remove(i--);
            } else {
                truncate(SideFormat.logName(scan.base()), scan.end() - scan.base());
                truncate(SideFormat.sideName(scan.base()), (scan.entries() + 1) * SideFormat.SLOT);
            }
        }
    }

    private void truncate(String name, long size) throws IOException {
        try (LogFile file = directory.openWrite(name)) {
            file.truncate(size);
            file.sync();
        }
    }

    private void deleteSegment(long base, String why) throws IOException {
        for (String name : List.of(SideFormat.sideName(base), SideFormat.logName(base))) {
            if (names.contains(name)) {
                logger.warn("log tail torn, deleting file={} reason={} end={}", name, why, end);
                directory.delete(name);
            }
        }
    }

    private static SortedSet<Long> bases(List<String> names) {
        SortedSet<Long> bases = new TreeSet<>();
        for (String name : names) {
            long base = SideFormat.baseOf(name);
            if (base >= 0) {
                bases.add(base);
            }
        }
        return bases;
    }
}
