package io.cairn.wal.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The double fails as it says: a simulation that loses nothing would prove nothing. */
class SimulatedDirectoryTest {
    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    @Test
    void killKeepsWhatWasWrittenAndEndsOpenFiles() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory(1);
        LogFile file = directory.create("a");
        file.write(bytes(1, 2, 3), 0);
        directory.kill();
        assertArrayEquals(new byte[] {1, 2, 3}, directory.content("a"));
        assertThrows(SimulatedCrash.class, () -> file.write(bytes(4), 3));
    }

    @Test
    void powerLossKeepsWhatIsSyncedAndOnlyThatAtWorst() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory(1);
        LogFile file = directory.create("a");
        file.write(bytes(1, 2), 0);
        file.sync();
        directory.sync();
        file.write(bytes(9), 0);
        file.write(bytes(3), 2);
        directory.create("b");
        directory.losePower(0, 512);
        assertArrayEquals(new byte[] {1, 2}, directory.content("a"));
        assertEquals(List.of("a"), directory.list());
    }

    @Test
    void syncedFileOfUnsyncedNameIsLost() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory(1);
        LogFile file = directory.create("a");
        file.write(bytes(1), 0);
        file.sync();
        directory.losePower(0, 512);
        assertEquals(List.of(), directory.list());
    }

    @Test
    void renameIsAllOrNothing() throws IOException {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            SimulatedDirectory directory = new SimulatedDirectory(seed);
            directory.replace("a", new byte[] {1});
            LogFile next = directory.create("a.tmp");
            next.write(bytes(2), 0);
            next.sync();
            directory.rename("a.tmp", "a");
            directory.losePower(0.5, 512);
            seen.add("a=" + directory.content("a")[0]);
        }
        assertEquals(Set.of("a=1", "a=2"), seen);
    }

    @Test
    void laterWritesMaySurviveEarlierOnes() throws IOException {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            SimulatedDirectory directory = new SimulatedDirectory(seed);
            LogFile file = directory.create("a");
            directory.sync();
            file.write(bytes(1), 0);
            file.write(bytes(2), 1);
            directory.losePower(0.5, 1);
            seen.add(java.util.Arrays.toString(directory.content("a")));
        }
        assertEquals(Set.of("[]", "[1]", "[0, 2]", "[1, 2]"), seen);
    }

    @Test
    void fullDiskTakesPartOfAWrite() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory(1);
        directory.capacity(2);
        LogFile file = directory.create("a");
        IOException full = assertThrows(IOException.class, () -> file.write(bytes(1, 2, 3), 0));
        assertEquals(SimulatedDirectory.NO_SPACE, full.getMessage());
        assertEquals(2, file.size());
        file.truncate(0);
        assertEquals(2, directory.usableBytes());
    }

    @Test
    void failedSyncDropsTheChangesForGood() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory(1);
        LogFile file = directory.create("a");
        directory.sync();
        file.write(bytes(1), 0);
        directory.fault((operation, name) -> {
            if (operation == Fault.Operation.SYNC) {
                throw new IOException("simulated");
            }
        });
        assertThrows(IOException.class, file::sync);
        directory.heal();
        assertEquals(1, file.size());
        directory.losePower(1, 512);
        assertEquals(0, directory.content("a").length);
    }

    @Test
    void crashComesAtTheOperationAskedForAndTearsAWrite() throws IOException {
        Set<Integer> lengths = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            SimulatedDirectory directory = new SimulatedDirectory(seed);
            LogFile file = directory.create("a");
            directory.crashAt(2);
            file.write(bytes(1), 0);
            assertThrows(SimulatedCrash.class, () -> file.write(bytes(2, 3), 1));
            assertThrows(SimulatedCrash.class, directory::list);
            directory.kill();
            lengths.add(directory.content("a").length);
        }
        assertEquals(Set.of(1, 2, 3), lengths);
    }

    @Test
    void sameSeedTearsTheSameWay() throws IOException {
        byte[][] results = new byte[2][];
        for (int i = 0; i < 2; i++) {
            SimulatedDirectory directory = new SimulatedDirectory(42);
            LogFile file = directory.create("a");
            directory.sync();
            file.write(ByteBuffer.allocate(100).put(99, (byte) 1), 0);
            file.write(bytes(1, 2, 3, 4, 5, 6, 7), 3);
            directory.losePower();
            results[i] = directory.content("a");
        }
        assertArrayEquals(results[0], results[1]);
        assertTrue(results[0].length <= 100);
    }
}
