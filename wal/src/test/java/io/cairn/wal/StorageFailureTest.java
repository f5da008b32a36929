package io.cairn.wal;

import static io.cairn.wal.Logs.append;
import static io.cairn.wal.Logs.bytes;
import static io.cairn.wal.Logs.open;
import static io.cairn.wal.Logs.records;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Fault.Operation;
import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Full disks, failed writes and failed syncs. */
class StorageFailureTest {
    private final SimulatedDirectory directory = new SimulatedDirectory(3);

    private void failOn(Operation operation, String suffix) {
        directory.fault((what, name) -> {
            if (what == operation && name.endsWith(suffix)) {
                throw new IOException("simulated " + operation);
            }
        });
    }

    private long used() {
        return directory.list().stream()
                .mapToLong(name -> directory.content(name).length)
                .sum();
    }

    @Test
    void fullDiskLeavesNothingOfTheRecordWhereverItStrikes() throws IOException {
        // 40 bytes of record and 32 of entry: room for less than both, at each length; then a roll that finds no room
        // either
        for (int room = 0; room < 72; room++) {
            SimulatedDirectory fresh = new SimulatedDirectory(room);
            Wal wal = open(fresh, "boot");
            append(wal, "before");
            long used = fresh.list().stream()
                    .mapToLong(name -> fresh.content(name).length)
                    .sum();
            fresh.capacity(used + room);
            ByteBuffer record = bytes("r".repeat(40));
            IOException full = assertThrows(IOException.class, () -> wal.append(record, 0, 0));
            assertEquals(SimulatedDirectory.NO_SPACE, full.getMessage());
            assertEquals(40, record.remaining(), "the caller can try again");
            assertEquals(1006, wal.end());
            assertNull(wal.failure());
            fresh.heal();
            assertEquals(1046, wal.append(record, 0, 0));
            append(wal, "after");
            fresh.kill();
            try (Wal reopened = open(fresh, "boot")) {
                assertEquals(List.of("before", "r".repeat(40), "after"), records(reopened));
            }
        }
    }

    @Test
    void fullDiskDuringRollIsRetriedWithTheNextAppend() throws IOException {
        for (int room = 0; room < 32 + 30 + 32; room++) {
            SimulatedDirectory fresh = new SimulatedDirectory(room);
            Wal wal = open(fresh, "boot");
            append(wal, "a".repeat(50));
            fresh.capacity(room
                    + fresh.list().stream()
                            .mapToLong(name -> fresh.content(name).length)
                            .sum());
            assertThrows(IOException.class, () -> append(wal, "b".repeat(30)));
            fresh.heal();
            append(wal, "c", "d");
            fresh.kill();
            Wal reopened = open(fresh, "boot");
            assertEquals(List.of("a".repeat(50), "c", "d"), records(reopened));
            assertEquals(2, reopened.segments().size());
            reopened.close();
        }
    }

    @Test
    void fullDiskAtCloseOfHalfDoneRollLeavesCleanLog() throws IOException {
        Wal wal = open(directory, "boot");
        append(wal, "a".repeat(50));
        wal.sync();
        directory.capacity(used() + 5);
        assertThrows(IOException.class, () -> append(wal, "b".repeat(30)));
        directory.heal();
        wal.close();
        directory.losePower(0.5, 1);
        try (Wal reopened = open(directory, "next boot")) {
            assertTrue(reopened.recovery().closedCleanly());
            assertEquals(List.of("a".repeat(50)), records(reopened));
        }
    }

    @Test
    void failedWriteThatCannotBeUndoneStopsTheLog() throws IOException {
        Wal wal = open(directory, "boot");
        append(wal, "before");
        List<IOException> told = new ArrayList<>();
        wal.onFailure(told::add);
        directory.fault((what, name) -> {
            if ((what == Operation.WRITE && name.endsWith(".side")) || what == Operation.TRUNCATE) {
                throw new IOException("simulated " + what);
            }
        });
        assertThrows(IOException.class, () -> append(wal, "lost"));
        directory.heal();
        assertThrows(LogFailedException.class, () -> append(wal, "refused"));
        assertThrows(LogFailedException.class, wal::sync);
        assertThrows(LogFailedException.class, () -> wal.identity(LogIdentity.of("x")));
        assertEquals(1, told.size());
        assertEquals(List.of("before"), records(wal), "reading goes on");
        wal.close();
        directory.kill();
        try (Wal reopened = open(directory, "boot")) {
            assertFalse(reopened.recovery().closedCleanly());
            assertEquals(List.of("before"), records(reopened));
        }
    }

    @Test
    void failedSyncIsNeverRetried() throws IOException {
        for (String suffix : List.of(".log", ".side")) {
            SimulatedDirectory fresh = new SimulatedDirectory(4);
            Wal wal = open(fresh, "boot");
            append(wal, "durable");
            wal.sync();
            append(wal, "in doubt");
            fresh.fault((what, name) -> {
                if (what == Operation.SYNC && name.endsWith(suffix)) {
                    throw new IOException("simulated sync");
                }
            });
            assertThrows(LogFailedException.class, wal::sync);
            fresh.heal();
            long syncs = fresh.count(Operation.SYNC);
            assertThrows(LogFailedException.class, wal::sync);
            assertThrows(LogFailedException.class, () -> append(wal, "more"));
            assertEquals(1007, wal.durable());
            assertEquals(1015, wal.end());
            assertTrue(wal.stats().failed());
            wal.close();
            assertEquals(syncs, fresh.count(Operation.SYNC));
            fresh.losePower(1, 512);
            try (Wal reopened = open(fresh, "next boot")) {
                assertEquals(1007, reopened.identity().previousEnd());
                assertEquals(List.of("durable"), records(reopened));
            }
        }
    }

    @Test
    void failedDirectorySyncStopsTheLog() throws IOException {
        Wal wal = open(directory, "boot");
        append(wal, "a".repeat(60), "b".repeat(60));
        failOn(Operation.SYNC_DIRECTORY, "");
        LogFailedException failed = assertThrows(LogFailedException.class, wal::sync);
        assertSame(wal.failure(), failed.getCause());
        assertEquals(1000, wal.durable());
    }

    @Test
    void fullDiskPutsSealingOffAndKeepsTheLogDurable() throws IOException {
        Wal wal = open(directory, "boot");
        append(wal, "a".repeat(60), "b".repeat(60));
        directory.capacity(used() + 31);
        wal.sync();
        assertEquals(wal.end(), wal.durable());
        assertEquals(1, wal.rolled());
        directory.heal();
        wal.sync();
        assertEquals(0, wal.rolled());
        assertTrue(wal.segments().get(0).sealed());
    }

    @Test
    void identityThatCannotBeWrittenStaysTheOldOne() throws IOException {
        Wal wal = open(directory, "boot");
        failOn(Operation.CREATE, LogState.TEMPORARY);
        assertThrows(IOException.class, () -> wal.identity(LogIdentity.of("next")));
        assertEquals(Logs.ID, wal.identity().id());
        assertNull(wal.failure());
        directory.heal();
        failOn(Operation.SYNC_DIRECTORY, "");
        assertThrows(LogFailedException.class, () -> wal.identity(LogIdentity.of("next")));
        assertEquals(Logs.ID, wal.identity().id());
    }

    @Test
    void retentionThatFailsGoesOnLater() throws IOException {
        Wal wal = open(directory, "boot");
        for (int i = 0; i < 10; i++) {
            append(wal, "r".repeat(60));
        }
        wal.sync();
        wal.floor(1300);
        wal.retention(1, 0);
        failOn(Operation.CREATE, LogState.TEMPORARY);
        assertThrows(IOException.class, () -> wal.retain(0));
        directory.heal();
        failOn(Operation.DELETE, ".log");
        assertThrows(IOException.class, () -> wal.retain(0));
        directory.heal();
        wal.retain(0);
        assertEquals(1300, wal.start());
        assertEquals(5, wal.stats().deletedSegments());
        assertFalse(directory.list().contains("00000000000000001240.log"));
        directory.kill();
        try (Wal reopened = open(directory, "boot")) {
            assertEquals(1300, reopened.start());
            assertEquals(5, reopened.verify());
        }
    }

    @Test
    void listenerThatThrowsDoesNotUndoTheAppend() throws IOException {
        Wal wal = open(directory, "boot");
        wal.onAppend(() -> {
            throw new IllegalStateException("listener");
        });
        append(wal, "kept");
        assertEquals(List.of("kept"), records(wal));
    }

    @Test
    void closedLogRefusesToWrite() throws IOException {
        Wal wal = open(directory, "boot");
        wal.close();
        wal.close();
        assertThrows(IOException.class, () -> append(wal, "late"));
        assertThrows(IOException.class, () -> wal.policy(SyncPolicy.NO));
        assertThrows(IOException.class, () -> wal.retain(0));
    }

    @Test
    void refusesEmptyRecord() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            assertThrows(IllegalArgumentException.class, () -> append(wal, ""));
        }
    }
}
