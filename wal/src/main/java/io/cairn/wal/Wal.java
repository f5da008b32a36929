package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only log of bytes in segments, whose positions are replication offsets.
 *
 * <p>A <i>position</i> is the number of stream bytes before it: position N lies after byte N, as the replication offset
 * N does. A <i>record</i> is the whole of what one append brought: one or more whole commands. These hold at any time:
 *
 * <ul>
 *   <li>{@code start <= floor}, {@code start <= every pin}, {@code start <= durable <= end}.
 *   <li>A record is visible, to readers and after a crash of the process, from the moment that append returns; never in
 *       part.
 *   <li>Bytes below {@link #durable()} survive a power cut. {@code durable} moves only after data, side files and
 *       directory were all synced.
 *   <li>After a failed sync, or a failed append that could not be undone, the log is <i>failed</i> for good: every
 *       later append and sync throws {@link LogFailedException}; reading goes on.
 * </ul>
 *
 * <p>Life: {@link #open} recovers (see {@link Recovery}), then appends and reads, then {@link #close} leaves a mark
 * that proves the end. Between the two the identity file names the kernel's boot, so that a lost tail is noticed: then
 * open takes a new id and keeps the old one as the previous.
 *
 * <p>The byte formats are those of {@link SideFormat} and {@link LogState}; {@code docs/formats.md} shows an example.
 *
 * <pre>
 *   what                        guard
 *   append, parts, roll         the caller: one append at a time
 *   segments                    SegmentList
 *   sync, seal, durable         Wal.syncLock
 *   identity file, retention    Wal.stateLock; taken before syncLock, never after
 *   start, pins, floor          Pins
 *   end, durable                volatile
 *   failure                     FailureLatch
 * </pre>
 *
 * <p>Appends are serialised by the caller; everything else may be called at any time.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Wal implements Closeable {
    private static final Logger logger = LoggerFactory.getLogger(Wal.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final String LOCK = "lock";
    private static final int RECORD_BYTES_MAX = Integer.MAX_VALUE - 8;

    /** Rolled segments that may wait for the sync thread before the appender does its work. */
    private static final int MAX_ROLLED = 4;

    private final Directory directory;
    private final Closeable lock;
    private final long segmentBytes;
    private final String bootId;
    private final RecoveryReport recovery;
    private final SegmentList segments;
    private final Pins pins;
    private final Retention retention;
    private final Lookup lookup;
    private final SideFormat.EntryWriter entryWriter = new SideFormat.EntryWriter();
    private final Listeners<Runnable> onAppend = new Listeners<>();
    private final Listeners<LongConsumer> onDurable = new Listeners<>();
    private final FailureLatch failure = new FailureLatch();

    private final Object syncLock = new Object();
    private final Object stateLock = new Object();

    private volatile long end;
    private volatile long durable;
    private volatile boolean directoryDirty;
    private volatile boolean closed;
    private volatile LogIdentity identity;
    private volatile SyncPolicy policy;

    private long records;
    private long rolls;
    private boolean rollPending; // a roll failed: no record may be added to the full segment any more
    private long recordedStart; // the start that the identity file names; guarded by stateLock
    private final LongAdder syncs = new LongAdder();

    Wal(
            Directory directory,
            Closeable lock,
            WalOptions options,
            String bootId,
            RecoveryReport report,
            List<Segment> found) {
        this.directory = directory;
        this.lock = lock;
        this.segmentBytes = options.segmentBytes();
        this.bootId = bootId;
        this.recovery = report;
        this.segments = new SegmentList(found);
        this.end = report.end();
        this.durable = report.end();
        this.identity = report.after();
        this.policy = options.policy();
        this.pins = new Pins(found.get(0).base());
        this.recordedStart = found.get(0).base();
        this.retention = new Retention(directory, options.retentionBytes(), options.retentionMillis());
        this.lookup = new Lookup(this);
    }

    /**
     * Opens the log in a directory, or makes one.
     *
     * @param millis wall clock
     * @param basePosition position before the first byte of a log that is made; ignored if there is one
     * @param newId makes the id of a new history
     * @throws CorruptLogException if the log is damaged in a way no crash explains; nothing was changed then
     * @throws LogTooNewException if a later release wrote it
     */
    public static Wal open(
            Directory directory, WalOptions options, LongSupplier millis, long basePosition, Supplier<String> newId)
            throws IOException {
        return open(directory, options, millis, basePosition, -1, newId);
    }

    /**
     * The same, for a log that continues a stream in which a database is selected already.
     *
     * @param baseDb database current in the stream at {@code basePosition}, -1 if none is
     */
    public static Wal open(
            Directory directory,
            WalOptions options,
            LongSupplier millis,
            long basePosition,
            int baseDb,
            Supplier<String> newId)
            throws IOException {
        if (basePosition < 0) {
            throw new IllegalArgumentException("basePosition " + basePosition + " is negative");
        }
        Closeable lock = directory.lock(LOCK);
        try {
            return new Opening(directory, lock, options, newId).open(basePosition, baseDb, millis.getAsLong());
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * What a log was found to be.
     *
     * @param identity its ids
     * @param start oldest position held
     * @param end position after the last good record
     */
    public record Examined(LogIdentity identity, long start, long end) {}

    /**
     * Examines a log as {@link #open} does, and changes nothing.
     *
     * @throws CorruptLogException if it is damaged in a way no crash explains, or is no log at all
     * @throws LogTooNewException if a later release wrote it
     */
    public static Examined examine(Directory directory, WalOptions options) throws IOException {
        LogState state = LogState.read(directory);
        if (state == null) {
            throw new CorruptLogException(LogState.FILE, -1, "identity file is missing");
        }
        Recovery recovery = Recovery.examine(directory, state, options.bootId().get());
        return new Examined(state.identity(), state.start(), recovery.end());
    }

    // ---- what it is

    /** What opening it found. */
    public RecoveryReport recovery() {
        return recovery;
    }

    /** The history its bytes belong to. */
    public LogIdentity identity() {
        return identity;
    }

    /** Changes the history; durable, with all bytes appended so far, when it returns. */
    public void identity(LogIdentity next) throws IOException {
        synchronized (stateLock) {
            sync();
            requireUsable();
            writeState(LogState.Status.OPEN, policy, next);
            identity = next;
        }
        logger.info(
                "log identity changed, id={} previous={} previousEnd={}",
                next.id(),
                next.previousId(),
                next.previousEnd());
    }

    /** When appended bytes are synced. */
    public SyncPolicy policy() {
        return policy;
    }

    /** Changes when appended bytes are synced; whoever runs {@link GroupSync} acts on it from its next turn. */
    public void policy(SyncPolicy next) throws IOException {
        synchronized (stateLock) {
            if (next == policy) {
                return;
            }
            sync();
            requireUsable();
            writeState(LogState.Status.OPEN, next, identity);
            policy = next;
            sync(); // what was appended under the old policy meanwhile
        }
    }

    /** Oldest position held. */
    public long start() {
        return pins.start();
    }

    /** Position after the last appended byte. */
    public long end() {
        return end;
    }

    /** Position up to which all bytes are proven to be on stable storage. */
    public long durable() {
        return durable;
    }

    /** Position up to which a replica may be served under the present sync policy. */
    public long replicable() {
        return policy == SyncPolicy.ALWAYS ? durable : end;
    }

    /** The segments from oldest to newest. */
    public List<SegmentInfo> segments() {
        return segments.infos();
    }

    /** Counters since the log was opened. */
    public WalStats stats() {
        long now = end; // the plain counters are written before it
        return new WalStats(
                records, now - recovery.end(), syncs.sum(), rolls, retention.deleted(), failure.first() != null);
    }

    /** Bytes that the log's file system has left. */
    public long usableBytes() throws IOException {
        return directory.usableBytes();
    }

    // ---- appending

    /**
     * Appends all remaining bytes of {@code bytes} as one record and returns the new end.
     *
     * @param streamDb database current in the stream after the record, -1 if none was selected yet
     * @param recordMillis wall clock, for lag and retention
     * @throws LogFailedException if an earlier failure stopped the log
     * @throws IOException if the record could not be written, for want of space for instance; nothing of it stays
     */
    public long append(ByteBuffer bytes, int streamDb, long recordMillis) throws IOException {
        return append(NOTHING, bytes, streamDb, recordMillis);
    }

    /** Appends two buffers as one record, as {@link #append(ByteBuffer, int, long)} does. */
    public long append(ByteBuffer prefix, ByteBuffer bytes, int streamDb, long recordMillis) throws IOException {
        requireUsable();
        long length = (long) prefix.remaining() + bytes.remaining();
        if (length == 0 || length > RECORD_BYTES_MAX) {
            throw new IllegalArgumentException("a record of " + length + " bytes");
        }
        dropParts();
        Segment active = roomFor(length);
        int prefixPosition = prefix.position();
        int bytesPosition = bytes.position();
        try {
            active.append(entryWriter, prefix, bytes, streamDb, recordMillis, durable);
        } catch (IOException | RuntimeException e) {
            prefix.position(prefixPosition);
            bytes.position(bytesPosition);
            undo(active, e);
            throw e;
        }
        return added(active);
    }

    private long added(Segment active) {
        records++;
        long after = active.end();
        end = after;
        onAppend.each(Runnable::run);
        return after;
    }

    private Segment roomFor(long length) throws IOException {
        Segment active = segments.active();
        return rollPending || (active.bytes() > 0 && active.bytes() + length > segmentBytes) ? roll(active) : active;
    }

    /**
     * Writes a part of a record that is too large to be held in memory until it is whole. Nobody sees it before {@link
     * #completeParts}; until then it is lost with the process, with the next {@link #append}, or by {@link #dropParts}.
     *
     * @param moreAtLeast bytes that the record is known to have behind this part
     * @throws IOException if it could not be written; nothing of the record stays
     */
    public void appendPart(ByteBuffer part, long moreAtLeast) throws IOException {
        requireUsable();
        Segment active = segments.active();
        if (active.parts() + part.remaining() > RECORD_BYTES_MAX) {
            dropParts();
            throw new IOException("a record of more than " + RECORD_BYTES_MAX + " bytes");
        }
        if (active.parts() == 0) {
            active = roomFor(part.remaining() + moreAtLeast);
        }
        try {
            active.appendPart(part);
        } catch (IOException | RuntimeException e) {
            undo(active, e);
            throw e;
        }
    }

    /** Appends what came in parts as one record, as {@link #append(ByteBuffer, int, long)} does. */
    public long completeParts(int streamDb, long recordMillis) throws IOException {
        requireUsable();
        Segment active = segments.active();
        if (active.parts() == 0) {
            throw new IllegalStateException("no part was appended");
        }
        try {
            active.completeParts(entryWriter, streamDb, recordMillis, durable);
        } catch (IOException | RuntimeException e) {
            undo(active, e);
            throw e;
        }
        return added(active);
    }

    /** Forgets the parts of a record that does not become whole; without any it does nothing. */
    public void dropParts() throws IOException {
        Segment active = segments.active();
        if (active.parts() > 0) {
            try {
                active.rollback();
            } catch (IOException e) {
                throw fail(e);
            }
        }
    }

    private void undo(Segment active, Exception cause) {
        try {
            active.rollback();
        } catch (IOException e) {
            e.addSuppressed(cause);
            fail(e);
        }
    }

    private Segment roll(Segment full) throws IOException {
        if (rolled() >= MAX_ROLLED) {
            sync();
        }
        rollPending =
                true; // what a failed creation leaves behind bears this base, so the full segment must stay as it is
        Segment next = Segment.create(directory, new SideFormat.Header(full.end(), full.millis(), full.db()));
        directoryDirty = true;
        segments.add(next);
        rollPending = false;
        rolls++;
        return next;
    }

    /** Number of full segments that are not sealed yet; {@link #sync} seals them. */
    public int rolled() {
        return segments.rolled();
    }

    // ---- durability

    /**
     * Makes everything appended before the call durable; callers that come while one is at work share the next sync.
     *
     * @throws LogFailedException if this or an earlier sync failed: what is on disk is unknown then, and trying again
     *     would prove nothing
     */
    public void sync() throws IOException {
        long target = end;
        if (durable >= target && rolled() == 0) {
            return;
        }
        synchronized (syncLock) {
            requireUsable();
            if (durable >= target && rolled() == 0) {
                return;
            }
            syncAll();
        }
    }

    private void syncAll() throws IOException {
        long target = end;
        Segment[] all = segments.all(); // read after end: holds every segment up to target
        try {
            if (directoryDirty) {
                directoryDirty = false;
                directory.sync();
            }
            for (int i = all.length - 1 - SegmentList.rolled(all); i < all.length; i++) {
                all[i].sync();
                if (i < all.length - 1) {
                    seal(all[i]);
                }
            }
        } catch (IOException e) {
            throw fail(e);
        }
        durable = target;
        syncs.increment();
        onDurable.each(listener -> listener.accept(target));
    }

    /** Adds the footer; a full disk only puts that off, since the segment itself is durable. */
    private void seal(Segment segment) throws IOException {
        try {
            segment.writeFooter();
        } catch (IOException e) {
            logger.warn("segment not sealed, base={} reason={}", segment.base(), e.toString());
            return;
        }
        segment.seal();
    }

    private LogFailedException fail(IOException cause) {
        return failure.fail(cause, end, durable);
    }

    private void requireUsable() throws IOException {
        failure.requireNone();
        if (closed) {
            throw new IOException("The log is closed");
        }
    }

    /** The first storage failure, which stopped the log; null while all is well. */
    public @Nullable IOException failure() {
        return failure.first();
    }

    /** Calls {@code listener} on the appending thread after each append; it must be cheap and must not append. */
    public Subscription onAppend(Runnable listener) {
        return onAppend.add(listener);
    }

    /**
     * Calls {@code listener} with the new durable position, in rising order, on the thread that synced; it must not
     * block.
     */
    public Subscription onDurable(LongConsumer listener) {
        return onDurable.add(listener);
    }

    /** Calls {@code listener} once, when the log fails, on the thread that met the failure. */
    public Subscription onFailure(Consumer<IOException> listener) {
        return failure.add(listener);
    }

    // ---- reading

    /** A reader of all appended bytes from {@code position} on. */
    public WalReader reader(long position) throws IOException {
        return reader(position, ReadLimit.APPENDED);
    }

    /**
     * A reader from {@code position} on.
     *
     * @throws LogTruncatedException if the position is below {@link #start}
     * @throws IllegalArgumentException if it is beyond {@link #end}
     */
    public WalReader reader(long position, ReadLimit limit) throws IOException {
        lookup.check(position);
        return new WalReader(this, position, limit);
    }

    /**
     * Visits the records after {@code from} up to the present end, each checked against its checksum.
     *
     * @param from the end of a record, or the log's start
     * @throws CorruptLogException if a record is damaged
     * @throws LogTruncatedException if {@code from} is below {@link #start}
     * @throws IllegalArgumentException if it is beyond the end or inside a record
     */
    public void replay(long from, RecordVisitor visitor) throws IOException {
        lookup.replay(from, visitor);
    }

    /**
     * Checks every record that the log holds; throws {@link CorruptLogException} at the first damaged one. Returns the
     * number of records.
     */
    public long verify() throws IOException {
        return lookup.verify(start());
    }

    /**
     * Checks the records from the one on that the byte after {@code position} belongs to, up to the present end.
     * Returns their number.
     *
     * @throws CorruptLogException at the first damaged one
     */
    public long verify(long position) throws IOException {
        return lookup.verify(position);
    }

    /**
     * Database current in the stream after the last record that ends at or before {@code position}, -1 if none was
     * selected.
     */
    public int streamDbAt(long position) throws IOException {
        return lookup.streamDbAt(position);
    }

    /**
     * Wall clock of the record that contains or ends at {@code position}; at {@link #start} that of the record before
     * it, 0 if there never was one.
     */
    public long millisAt(long position) throws IOException {
        return lookup.millisAt(position);
    }

    /** Whether a record ends at {@code position}, or the log starts there. */
    public boolean isBoundary(long position) throws IOException {
        return lookup.isBoundary(position);
    }

    Lookup lookup() {
        return lookup;
    }

    SegmentList segmentList() {
        return segments;
    }

    // ---- retention

    /**
     * Keeps everything after {@code position} until the pin moves on or is closed.
     *
     * @throws LogTruncatedException if the position is below {@link #start}
     */
    public Pin pin(String name, long position) throws LogTruncatedException {
        if (position > end) {
            throw new IllegalArgumentException("pin " + name + " at " + position + " beyond the end " + end);
        }
        return pins.add(name, position);
    }

    /** The pins there are. */
    public List<Pin> pins() {
        return pins.all();
    }

    /**
     * Tells that recovery needs nothing before {@code position}; a lower one than before changes nothing. Until told,
     * everything is needed.
     */
    public void floor(long position) {
        pins.floor(Math.min(position, end));
    }

    /** What recovery needs nothing before. */
    public long floor() {
        return pins.floor();
    }

    /** Changes what {@link #retain} keeps; see {@link WalOptions}. */
    public void retention(long bytes, long millis) {
        retention.change(bytes, millis);
    }

    /** Deletes the oldest sealed segments that neither retention, floor nor a pin asks to keep. */
    public void retain(long nowMillis) throws IOException {
        synchronized (stateLock) {
            requireUsable();
            long next = pins.raiseStart(limit -> retention.choose(segments.all(), end, limit, nowMillis));
            if (next > recordedStart) {
                logger.info("log start moved, from={} to={} end={}", recordedStart, next, end);
                writeState(LogState.Status.OPEN, policy, identity);
            }
            retention.delete(segments.removeBefore(next));
        }
    }

    private void writeState(LogState.Status status, SyncPolicy nextPolicy, LogIdentity nextIdentity)
            throws IOException {
        LogState next = new LogState(status, nextPolicy, pins.start(), durable, nextIdentity, bootId);
        next.prepare(directory);
        try {
            LogState.publish(directory);
        } catch (IOException e) {
            throw fail(e); // which of the two states is on disk is unknown
        }
        recordedStart = next.start();
    }

    // ---- end of life

    /** A segment whose creation failed is no part of a log that is closed cleanly. */
    private void removeUnfinished() throws IOException {
        if (rollPending) {
            List<String> names = directory.list();
            for (String name : List.of(SideFormat.logName(end), SideFormat.sideName(end))) {
                if (names.contains(name)) {
                    directory.delete(name);
                    directoryDirty = true;
                }
            }
        }
    }

    /**
     * Syncs, and leaves the mark that proves the end; no append may be under way. A failed log is closed without the
     * mark.
     */
    @Override
    public void close() throws IOException {
        synchronized (stateLock) {
            if (closed) {
                return;
            }
            try {
                if (failure.first() == null) {
                    synchronized (syncLock) {
                        dropParts();
                        removeUnfinished();
                        syncAll(); // even if all is durable: a failed append may have been undone since
                        closed = true;
                    }
                    writeState(LogState.Status.CLOSED, policy, identity);
                }
            } finally {
                closed = true;
                for (Segment segment : segments.all()) {
                    segment.closeWriters();
                }
                lock.close();
            }
        }
        logger.info("log closed, id={} start={} end={} durable={}", identity.id(), start(), end, durable);
    }
}
