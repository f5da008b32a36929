package io.cairn.engine.keyspace;

import io.cairn.engine.rows.UsageClock;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * What all turns share, and what outlives a keyspace when a full resynchronization replaces it: the current keyspace,
 * the stripes, the watches, the exclusive mode, the reason why writes are refused.
 *
 * <p>Every turn holds the {@code world} lock shared from its first command to its commit; an exclusive turn (FLUSHALL,
 * SWAPDB, the swap of the keyspace itself) holds it alone. The lock is fair, so exclusive turns are not starved.
 *
 * <p><i>Thread-safe.</i>
 */
public final class KeyspaceHandle {
    private static final int OWNERS_MAX = 127;
    private static final byte[] DEL = "DEL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNLINK = "UNLINK".getBytes(StandardCharsets.US_ASCII);

    final ReentrantReadWriteLock world = new ReentrantReadWriteLock(true);
    final Stripes stripes = new Stripes();

    /** Who waits for stripes. */
    final StripeQueue sleepers = new StripeQueue();

    private static final long ALONE_WAIT_MILLIS = 50;
    private static final long ALONE_PAUSE_MILLIS = 5;

    private final StepObserver steps;
    private final Watches watches = new Watches();
    private final AtomicInteger owners = new AtomicInteger();
    private final AtomicLong systemChanges = new AtomicLong();
    private final LongAdder expiredKeys = new LongAdder();
    private final boolean[] waitsForDisk = new boolean[OWNERS_MAX + 1];
    private volatile @Nullable Keyspace current;
    private volatile @Nullable String writeError;
    private volatile Limits limits = Limits.DEFAULT;
    private volatile boolean lazyExpire;
    private volatile boolean primary = true;
    private volatile Announcements announcements = Announcements.NONE;
    private volatile int wantedEvents;
    private volatile long announcedTo = -1;
    private volatile UsageClock.Form usageForm = UsageClock.LAST_USED;

    private volatile ChangeListener changes = ChangeListener.NONE;

    /** Owner id of the turn whose rows are being published; 0 for none. */
    volatile int publishing;

    /** Without anybody who looks at the steps. */
    public KeyspaceHandle() {
        this(StepObserver.NONE);
    }

    /** With somebody who looks at the steps of commits and of changes of the data directory. */
    public KeyspaceHandle(StepObserver steps) {
        this.steps = steps;
    }

    /** Who is told of each step. */
    public StepObserver steps() {
        return steps;
    }

    /** The keyspace in use. */
    public Keyspace keyspace() {
        Keyspace now = current;
        if (now == null) {
            throw new IllegalStateException("no keyspace is open");
        }
        return now;
    }

    /** Sets the first keyspace, or, in an exclusive turn or before any turn began, replaces it. */
    public void keyspace(Keyspace next) {
        current = next;
        systemChanged();
    }

    /** Changes whenever what stands beside all databases (libraries of functions) may have changed. */
    public long systemChanges() {
        return systemChanges.get();
    }

    void systemChanged() {
        systemChanges.incrementAndGet();
    }

    /** Optimistic transactions' watched keys. */
    public Watches watches() {
        return watches;
    }

    /** Who is told of keys that change where no client is served. */
    ChangeListener changes() {
        return changes;
    }

    /** Sets who is told of keys that change where no client is served. */
    public void changes(ChangeListener listener) {
        changes = listener;
    }

    /** The error reply for write commands, without the leading dash, or null while writes are accepted. */
    public @Nullable String writeError() {
        String reason = writeError;
        if (reason != null) {
            return reason;
        }
        String failure = keyspace().failure();
        return failure;
    }

    /** Refuses (or, with null, accepts again) writes, for a reason that may pass, such as a full disk. */
    public void writeError(@Nullable String reason) {
        writeError = reason;
    }

    /** Thresholds of packed encodings. */
    public Limits limits() {
        return limits;
    }

    /** Changes the thresholds; values that are stored change their encoding when they are next written. */
    public void limits(Limits next) {
        limits = next;
    }

    /** Keys deleted because they were due. */
    public long expiredKeys() {
        return expiredKeys.sum();
    }

    void expired(int keys) {
        if (keys > 0) {
            expiredKeys.add(keys);
        }
    }

    /** Name of the command that a deletion of an expired key is logged as: DEL, or UNLINK if so configured. */
    public byte[] expireCommand() {
        return lazyExpire ? UNLINK : DEL;
    }

    /** Whether expired keys are logged as UNLINK rather than DEL. */
    public void lazyExpire(boolean unlink) {
        lazyExpire = unlink;
    }

    /** Whether this node decides that keys expire; a replica only hides them. */
    public boolean primary() {
        return primary;
    }

    /** Sets {@link #primary()}; in an exclusive turn, or before the first. */
    public void primary(boolean isPrimary) {
        primary = isPrimary;
    }

    /** Who is told what committed turns tell. */
    public Announcements announcements() {
        return announcements;
    }

    /** Sets {@link #announcements()}. */
    public void announcements(Announcements next) {
        announcements = next;
    }

    /** Classes of key events that somebody may want, as {@link Event#bit bits}. */
    public int wantedEvents() {
        return wantedEvents;
    }

    /** Sets {@link #wantedEvents()}; counts from the next turn on. */
    public void wantedEvents(int bits) {
        wantedEvents = bits;
    }

    /** Position up to which the log was told before this process began: replaying it tells nothing; -1 for none. */
    public long announcedTo() {
        return announcedTo;
    }

    /** Sets {@link #announcedTo()}. */
    public void announcedTo(long position) {
        announcedTo = position;
    }

    /** What is kept about how keys are used, where rows are in memory. */
    public UsageClock.Form usageForm() {
        return usageForm;
    }

    /** Sets {@link #usageForm()}; counts from the janitor's next round on. */
    public void usageForm(UsageClock.Form next) {
        usageForm = next;
    }

    /** Runs {@code work} while no turn is under way; may be nested, also in an exclusive turn of this thread. */
    public void alone(Runnable work) {
        lockAlone();
        try {
            work.run();
        } finally {
            world.writeLock().unlock();
        }
    }

    /**
     * Waits until no turn is under way. While somebody waits no other turn begins, or he might wait for ever; but a turn under way may
     * be a script that lasts, so he steps back now and then, and lets those begin who came after him.
     */
    void lockAlone() {
        boolean interrupted = false;
        while (true) {
            try {
                if (world.writeLock().tryLock(ALONE_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(ALONE_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void aside(Runnable work) {
        int holds = world.getWriteHoldCount();
        for (int i = 0; i < holds; i++) {
            world.writeLock().unlock();
        }
        try {
            work.run();
        } finally {
            for (int i = 0; i < holds; i++) {
                lockAlone();
            }
        }
    }

    /** Runs {@code work} while no turn runs alone and no role or keyspace changes; not from within a turn. */
    public <E extends Exception> void shared(SharedWork<E> work) throws E {
        world.readLock().lock();
        try {
            work.run();
        } finally {
            world.readLock().unlock();
        }
    }

    /** Work that other turns may run beside. */
    @FunctionalInterface
    public interface SharedWork<E extends Exception> {
        /** Does it. */
        void run() throws E;
    }

    /** Whether the calling thread is in {@link #alone} or in an exclusive turn. */
    public boolean isAlone() {
        return world.isWriteLockedByCurrentThread();
    }

    int newOwner(boolean mayWaitForDisk) {
        int owner = owners.incrementAndGet();
        if (owner > OWNERS_MAX) {
            throw new IllegalStateException("more than " + OWNERS_MAX + " turns");
        }
        waitsForDisk[owner] = mayWaitForDisk;
        return owner;
    }

    boolean waitsForDisk(int owner) {
        return waitsForDisk[owner];
    }
}
