package io.cairn.wal;

import static io.cairn.wal.Logs.append;
import static io.cairn.wal.Logs.bytes;
import static io.cairn.wal.Logs.open;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log keeps: ten segments of 60 bytes from 1000 on, one a second from second 1 on. */
class RetentionTest {
    private final SimulatedDirectory directory = new SimulatedDirectory(8);
    private Wal wal;

    @BeforeEach
    void fill() throws IOException {
        wal = open(directory, "boot");
        for (int i = 1; i <= 10; i++) {
            wal.append(bytes("r".repeat(60)), 0, i * 1000L);
        }
        wal.sync();
        wal.floor(wal.end());
    }

    @Test
    void keepsEverythingUnlessTold() throws IOException {
        wal.retain(1_000_000);
        assertEquals(1000, wal.start());
    }

    @Test
    void keepsAtLeastTheBytesAskedFor() throws IOException {
        wal.retention(150, 0);
        wal.retain(0);
        assertEquals(1420, wal.start());
        assertEquals(180, wal.end() - wal.start());
        wal.retention(60, 0);
        wal.retain(0);
        assertEquals(1540, wal.start());
    }

    @Test
    void dropsWhatIsOlderThanTheAgeAskedFor() throws IOException {
        wal.retention(0, 5000);
        wal.retain(9000);
        assertEquals(1180, wal.start());
        assertEquals(3000, wal.millisAt(1180), "the record before the start is remembered");
    }

    @Test
    void oldestOfTheTwoLimitsIsNotNeeded() throws IOException {
        wal.retention(400, 5000);
        wal.retain(9000);
        assertEquals(1180, wal.start());
        wal.retention(100, 1_000_000);
        wal.retain(9000);
        assertEquals(1480, wal.start());
    }

    @Test
    void neverDropsTheActiveSegment() throws IOException {
        wal.retention(1, 1);
        wal.retain(1_000_000);
        assertEquals(1540, wal.start());
        assertEquals(1, wal.segments().size());
    }

    @Test
    void neverDropsAnUnsealedSegment() throws IOException {
        append(wal, "s".repeat(60), "t".repeat(60));
        wal.floor(wal.end());
        wal.retention(1, 1);
        wal.retain(1_000_000);
        assertEquals(1540, wal.start());
    }

    @Test
    void floorCannotPassTheEndNorGoBack() throws IOException {
        wal.floor(5000);
        assertEquals(1600, wal.floor());
        wal.floor(1);
        assertEquals(1600, wal.floor());
    }

    @Test
    void lowestPinHolds() throws IOException {
        wal.retention(1, 0);
        Pin first = wal.pin("first", 1100);
        Pin second = wal.pin("second", 1300);
        assertEquals(List.of(first, second), wal.pins());
        wal.retain(0);
        assertEquals(1060, wal.start());
        first.advance(1050);
        assertEquals(1100, first.position());
        first.close();
        wal.retain(0);
        assertEquals(1300, wal.start());
        assertEquals(List.of(second), wal.pins());
        assertThrows(LogTruncatedException.class, () -> wal.pin("late", 1299));
        assertThrows(IllegalArgumentException.class, () -> wal.pin("early", 1601));
    }

    @Test
    void freshLogKeepsAllUntilTheFloorIsTold() throws IOException {
        wal.close();
        directory.kill();
        wal = open(directory, "boot");
        wal.retention(1, 1);
        wal.retain(1_000_000);
        assertEquals(1000, wal.start());
    }

    @Test
    void lookupsAnswerAtTheStart() throws IOException {
        wal.retention(1, 0);
        wal.pin("p", 1300);
        wal.retain(0);
        assertEquals(0, wal.streamDbAt(1300));
        assertEquals(5000, wal.millisAt(1300));
        assertThrows(LogTruncatedException.class, () -> wal.streamDbAt(1299));
        assertThrows(LogTruncatedException.class, () -> wal.millisAt(1299));
        assertThrows(LogTruncatedException.class, () -> wal.replay(1240, (start, record, db, millis) -> {}));
    }
}
