package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is let go of is gone: its memory counts as free. */
class CollectionRangesTest {
    private static final int STRETCHES = 200;

    @Test
    void keepsNoReferenceToWhatIsGone() throws InterruptedException {
        CollectionRanges ranges = new CollectionRanges();
        List<WeakReference<Stretch>> gone = allButOneGone(ranges, new Random(3));
        assertEquals(STRETCHES - 1, gone.size());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (held(gone) > 0 && System.nanoTime() < deadline) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(0, held(gone));
        assertTrue(ranges.rowBytes() > 0); // and is still there itself
    }

    private static List<WeakReference<Stretch>> allButOneGone(CollectionRanges ranges, Random random) {
        RangeShard shard = new RangeShard(new RangeCache(1 << 20));
        List<Stretch> there = new ArrayList<>();
        for (int i = 0; i < STRETCHES; i++) {
            Stretch stretch = new Stretch(shard, 1, new byte[] {(byte) i, 0}, new byte[] {(byte) i, 1}, RowBlock.NONE);
            ranges.add(stretch);
            there.add(stretch);
        }
        List<WeakReference<Stretch>> gone = new ArrayList<>();
        while (there.size() > 1) {
            Stretch stretch = there.remove(random.nextInt(there.size()));
            ranges.remove(stretch);
            gone.add(new WeakReference<>(stretch));
        }
        return gone;
    }

    private static long held(List<WeakReference<Stretch>> gone) {
        return gone.stream().filter(reference -> reference.get() != null).count();
    }
}
