package io.cairn.engine.keyspace;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The stripes that one turn holds, and the waiting for those that others hold.
 *
 * <p>Whoever waits holds nothing that another turn could be waiting for: that is what {@link #takeAll} insists on.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class HeldStripes {
    private static final int SPINS = 64;
    private static final long LOOP_PATIENCE_NANOS = 100_000;
    private static final int INITIAL = 64;
    private static final int KEPT = 1 << 16;

    private final KeyspaceHandle handle;
    private final Stripes stripes;
    private final int owner;
    private int[] held = new int[INITIAL];
    private int count;

    HeldStripes(KeyspaceHandle handle, int owner) {
        this.handle = handle;
        this.stripes = handle.stripes;
        this.owner = owner;
    }

    /** Takes the stripe of a key's hash unless another turn has it; true if it is held now. */
    boolean tryTake(int hash) {
        return take(Stripes.of(hash));
    }

    /**
     * Takes the stripes of hashes, waiting for their owners.
     *
     * @param giveUpOnDisk return false, holding none, if an owner may be waiting for the disk
     */
    boolean takeAll(int[] hashes, boolean giveUpOnDisk) {
        return takeEach(hashes, giveUpOnDisk ? this::awaitShortly : stripe -> await(stripe, owner -> false));
    }

    /** As {@link #takeAll(int[], boolean)}, but returns false, holding none, if {@code givesUpOn} says so of an owner. */
    boolean takeAll(int[] hashes, IntPredicate givesUpOn) {
        return takeEach(hashes, stripe -> await(stripe, givesUpOn));
    }

    private boolean takeEach(int[] hashes, IntPredicate wait) {
        if (count > 0) {
            throw new IllegalStateException("a turn that holds stripes must not wait for others");
        }
        int[] wanted = new int[hashes.length];
        for (int i = 0; i < hashes.length; i++) {
            wanted[i] = Stripes.of(hashes[i]);
        }
        // In order, so that two turns that want the same ones cannot each hold what the other waits for.
        Arrays.sort(wanted);
        for (int stripe : wanted) {
            if (!wait.test(stripe)) {
                release();
                return false;
            }
        }
        return true;
    }

    /**
     * As an event loop waits: for another loop until it has committed, for a turn on a disk thread only as long as one takes
     * that finds everything in memory. Giving up at once would send all who want a key there after the first.
     */
    private boolean awaitShortly(int stripe) {
        for (int spins = 0; spins < SPINS; spins++) {
            if (take(stripe)) {
                return true;
            }
            Thread.onSpinWait();
        }
        Patience patience = new Patience(stripe);
        handle.sleepers.sleepUntil(stripe, patience, LOOP_PATIENCE_NANOS);
        return patience.taken;
    }

    /** How an event loop tries for a stripe. */
    private final class Patience implements StripeQueue.Attempt {
        private final int stripe;
        private long until;
        private boolean taken;

        Patience(int stripe) {
            this.stripe = stripe;
        }

        @Override
        public boolean isOver() {
            taken = take(stripe);
            if (taken) {
                return true;
            }
            int other = stripes.owner(stripe);
            if (other == 0 || !handle.waitsForDisk(other)) {
                return false;
            }
            long now = System.nanoTime();
            if (until == 0) {
                until = now + LOOP_PATIENCE_NANOS;
                return false;
            }
            return now - until >= 0;
        }
    }

    /** As a disk thread waits: asleep, so that many of them take nothing from who has the key. */
    private boolean await(int stripe, IntPredicate givesUpOn) {
        if (!take(stripe)) {
            handle.sleepers.sleepUntil(
                    stripe, () -> take(stripe) || givesUpOn.test(stripes.owner(stripe)), Long.MAX_VALUE);
        }
        return stripes.owner(stripe) == owner;
    }

    boolean holds(int hash) {
        return stripes.owner(Stripes.of(hash)) == owner;
    }

    /** Waits while the turn that holds the hash's stripe publishes its commit. */
    void awaitPublication(int hash) {
        int other = handle.publishing;
        if (other != 0 && other != owner) {
            int stripe = Stripes.of(hash);
            for (int spins = 0; handle.publishing == other && stripes.owner(stripe) == other; spins++) {
                pause(spins);
            }
        }
    }

    void release() {
        for (int i = 0; i < count; i++) {
            stripes.release(held[i]);
        }
        if (count > 0) {
            handle.sleepers.wake(stripes);
        }
        count = 0;
        if (held.length > KEPT) {
            held = new int[INITIAL];
        }
    }

    private boolean take(int stripe) {
        if (stripes.tryTake(stripe, owner)) {
            if (count == held.length) {
                held = Arrays.copyOf(held, count * 2);
            }
            held[count++] = stripe;
            return true;
        }
        return stripes.owner(stripe) == owner;
    }

    @SuppressWarnings("ThreadPriorityCheck") // the owner is about to finish its commit, if it only gets to run
    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
