package io.cairn.wal;

import static io.cairn.wal.Logs.append;
import static io.cairn.wal.Logs.open;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Fault.Operation;
import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When the group sync syncs. */
class GroupSyncTest {
    private final SimulatedDirectory directory = new SimulatedDirectory(5);
    private final AtomicLong nanos = new AtomicLong();

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void everysecSyncsOnceASecondWhileThereIsSomethingToSync() throws IOException {
        try (Wal wal = open(directory, "boot", SyncPolicy.EVERYSEC);
                GroupSync sync = new GroupSync(wal, nanos::get)) {
            pass(5000);
            assertFalse(sync.runOnce());
            append(wal, "one");
            assertTrue(sync.runOnce());
            append(wal, "two");
            pass(999);
            assertFalse(sync.runOnce());
            assertEquals(1003, wal.durable());
            pass(1);
            assertTrue(sync.runOnce());
            assertEquals(1006, wal.durable());
        }
    }

    @Test
    void alwaysSyncsAtOnceAndTellsThoseWhoWait() throws IOException {
        List<Long> told = new ArrayList<>();
        try (Wal wal = open(directory, "boot", SyncPolicy.ALWAYS);
                GroupSync sync = new GroupSync(wal, nanos::get)) {
            Subscription subscription = wal.onDurable(told::add);
            append(wal, "one", "two");
            assertTrue(sync.runOnce());
            assertFalse(sync.runOnce());
            assertEquals(List.of(1006L), told);
            subscription.close();
            append(wal, "three");
            assertTrue(sync.runOnce());
            assertEquals(List.of(1006L), told);
        }
    }

    @Test
    void noSyncsOnlyFullSegmentsAndWhatIsRequested() throws IOException {
        try (Wal wal = open(directory, "boot", SyncPolicy.NO);
                GroupSync sync = new GroupSync(wal, nanos::get)) {
            append(wal, "a".repeat(60));
            pass(100_000);
            assertFalse(sync.runOnce());
            append(wal, "b".repeat(60));
            assertTrue(sync.runOnce());
            assertTrue(wal.segments().get(0).sealed());
            append(wal, "c");
            sync.requestSync(wal.end());
            assertTrue(sync.runOnce());
            assertEquals(wal.end(), wal.durable());
        }
    }

    @Test
    void policyIsFollowedFromItsChangeOn() throws IOException {
        try (Wal wal = open(directory, "boot", SyncPolicy.NO);
                GroupSync sync = new GroupSync(wal, nanos::get)) {
            append(wal, "one");
            assertFalse(sync.runOnce());
            wal.policy(SyncPolicy.ALWAYS);
            assertEquals(1003, wal.durable());
            append(wal, "two");
            assertEquals(1003, wal.replicable());
            assertTrue(sync.runOnce());
            assertEquals(1006, wal.replicable());
        }
    }

    @Test
    void appenderSyncsItselfWhenNobodyDoes() throws IOException {
        try (Wal wal = open(directory, "boot", SyncPolicy.NO)) {
            for (int i = 0; i < 100; i++) {
                append(wal, "r".repeat(60));
                assertTrue(wal.rolled() <= 5, "unsealed segments are bounded");
            }
        }
    }

    @Test
    void threadSyncsOnRequestAndEndsWhenClosed() throws Exception {
        try (Wal wal = open(directory, "boot", SyncPolicy.ALWAYS);
                GroupSync sync = new GroupSync(wal, System::nanoTime)) {
            sync.start();
            assertThrows(IllegalStateException.class, sync::start);
            for (int i = 0; i < 200; i++) {
                CountDownLatch durable = new CountDownLatch(1);
                long target = wal.append(Logs.bytes("record"), 0, 0);
                Subscription subscription = wal.onDurable(position -> {
                    if (position >= target) {
                        durable.countDown();
                    }
                });
                sync.requestSync(target);
                if (wal.durable() < target) {
                    assertTrue(durable.await(30, TimeUnit.SECONDS));
                }
                subscription.close();
                assertTrue(wal.durable() >= target);
            }
        }
    }

    @Test
    void threadEndsWhenTheLogFails() throws Exception {
        try (Wal wal = open(directory, "boot", SyncPolicy.ALWAYS);
                GroupSync sync = new GroupSync(wal, System::nanoTime)) {
            CountDownLatch failed = new CountDownLatch(1);
            wal.onFailure(reason -> failed.countDown());
            directory.fault((what, name) -> {
                if (what == Operation.SYNC) {
                    throw new IOException("simulated");
                }
            });
            sync.start();
            append(wal, "one");
            sync.requestSync(wal.end());
            assertTrue(failed.await(30, TimeUnit.SECONDS));
            assertThrows(LogFailedException.class, sync::runOnce);
        }
    }

    @Test
    void whatIsAppendedDuringASyncIsNotDurableAfterIt() throws IOException {
        Wal wal = open(directory, "boot");
        append(wal, "before");
        boolean[] appended = new boolean[1];
        directory.fault((what, name) -> {
            if (what == Operation.SYNC && !appended[0]) {
                appended[0] = true;
                append(wal, "during", "a".repeat(60));
            }
        });
        wal.sync();
        assertTrue(appended[0]);
        assertEquals(1006, wal.durable());
        assertEquals(1072, wal.end());
        wal.sync();
        assertEquals(1072, wal.durable());
    }

    @Test
    void callersThatComeDuringASyncShareTheNext() throws Exception {
        CountDownLatch inSync = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Wal wal = open(directory, "boot", SyncPolicy.ALWAYS)) {
            append(wal, "one");
            directory.fault((what, name) -> {
                if (what == Operation.SYNC && inSync.getCount() > 0) {
                    inSync.countDown();
                }
            });
            long before = wal.stats().syncs();
            Subscription hold = wal.onDurable(position -> {
                try {
                    goOn.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            List<Thread> threads = new ArrayList<>();
            threads.add(syncing(wal));
            assertTrue(inSync.await(30, TimeUnit.SECONDS));
            append(wal, "two");
            for (int i = 0; i < 8; i++) {
                threads.add(syncing(wal));
            }
            while (threads.stream()
                    .skip(1)
                    .anyMatch(thread ->
                            thread.getState() == Thread.State.NEW || thread.getState() == Thread.State.RUNNABLE)) {
                Thread.onSpinWait();
            }
            hold.close();
            goOn.countDown();
            for (Thread thread : threads) {
                thread.join(30_000);
                assertFalse(thread.isAlive());
            }
            assertEquals(2, wal.stats().syncs() - before);
            assertEquals(1006, wal.durable());
        }
    }

    private static Thread syncing(Wal wal) {
        Thread thread = new Thread(() -> {
            try {
                wal.sync();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        thread.start();
        return thread;
    }
}
