package io.cairn.wal;

import static io.cairn.wal.Logs.append;
import static io.cairn.wal.Logs.open;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.SimulatedCrash;
import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** When a log keeps its replication id, and when it begins a new history. */
class HistoryTest {
    private final SimulatedDirectory directory = new SimulatedDirectory(1);

    private LogIdentity afterDeath(SyncPolicy policy, String nextBoot) throws IOException {
        Wal wal = open(directory, "boot", policy);
        append(wal, "one", "two");
        wal.sync();
        append(wal, "three");
        if (nextBoot.equals("boot")) {
            directory.kill();
        } else {
            directory.losePower(0, 512);
        }
        try (Wal reopened = open(directory, nextBoot, policy)) {
            return reopened.identity();
        }
    }

    @Test
    void killedProcessKeepsItsId() throws IOException {
        assertEquals(LogIdentity.of(Logs.ID), afterDeath(SyncPolicy.NO, "boot"));
    }

    @Test
    void lostTailBeginsNewHistoryThatContinuesTheOld() throws IOException {
        assertEquals(new LogIdentity(Logs.NEXT_ID, Logs.ID, 1006), afterDeath(SyncPolicy.EVERYSEC, "next boot"));
    }

    @Test
    void nothingSeenIsLostUnderAlways() throws IOException {
        assertEquals(LogIdentity.of(Logs.ID), afterDeath(SyncPolicy.ALWAYS, "next boot"));
    }

    @Test
    void cleanCloseProvesTheTail() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            append(wal, "one");
        }
        directory.losePower(0, 512);
        try (Wal wal = open(directory, "next boot")) {
            assertEquals(LogIdentity.of(Logs.ID), wal.identity());
            assertEquals(1003, wal.end());
            assertTrue(wal.recovery().closedCleanly());
            assertFalse(wal.recovery().newHistory());
        }
    }

    @Test
    void policyOfTheMomentCountsNotTheOneOfOpening() throws IOException {
        Wal wal = open(directory, "boot", SyncPolicy.EVERYSEC);
        append(wal, "one");
        wal.policy(SyncPolicy.ALWAYS);
        assertEquals(1003, wal.durable());
        append(wal, "two");
        directory.losePower(0, 512);
        Wal second = open(directory, "boot 2", SyncPolicy.ALWAYS);
        assertEquals(LogIdentity.of(Logs.ID), second.identity());
        assertEquals(1003, second.end());
        second.policy(SyncPolicy.NO);
        append(second, "two");
        directory.losePower(0, 512);
        Wal third = open(directory, "boot 3", SyncPolicy.ALWAYS);
        assertEquals(new LogIdentity(Logs.NEXT_ID, Logs.ID, 1003), third.identity());
    }

    @Test
    void promotionIsDurableWithTheBytesBeforeIt() throws IOException {
        Wal wal = open(directory, "boot");
        append(wal, "one");
        wal.identity(wal.identity().continuedAs("promoted", wal.end()));
        append(wal, "two");
        directory.losePower(0, 512);
        try (Wal reopened = open(directory, "next boot")) {
            assertEquals(
                    new LogIdentity("promoted", Logs.ID, 1003),
                    reopened.recovery().before());
            assertEquals(new LogIdentity(Logs.NEXT_ID, "promoted", 1003), reopened.identity());
            assertEquals(1003, reopened.end());
        }
    }

    @Test
    void identityIsTheOldOneOrTheNewOneWhereverTheChangeDies() throws IOException {
        for (int step = 1; step < 20; step++) {
            SimulatedDirectory fresh = new SimulatedDirectory(step);
            Wal wal = open(fresh, "boot");
            LogIdentity next = LogIdentity.of("next");
            fresh.crashAt(step);
            boolean returned = true;
            try {
                wal.identity(next);
            } catch (SimulatedCrash e) {
                returned = false;
            }
            fresh.losePower();
            try (Wal reopened = open(fresh, "boot")) {
                assertTrue(
                        reopened.identity().equals(next)
                                || (!returned && reopened.identity().equals(LogIdentity.of(Logs.ID))),
                        "step " + step + " " + reopened.identity());
            }
        }
    }

    @Test
    void creationThatDiesIsBegunAgain() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            boolean died = true;
            for (int step = 1; died; step++) {
                SimulatedDirectory fresh = new SimulatedDirectory(seed);
                fresh.crashAt(step);
                died = dies(fresh);
                if (seed % 4 == 0) {
                    fresh.kill();
                } else {
                    fresh.losePower(0.5, 64);
                }
                try (Wal wal = open(fresh, seed % 4 == 0 ? "boot" : "next boot")) {
                    assertEquals(1000, wal.start());
                    assertEquals(1000, wal.end());
                    append(wal, "one");
                }
            }
        }
    }

    private static boolean dies(SimulatedDirectory directory) throws IOException {
        try {
            open(directory, "boot");
            return false;
        } catch (SimulatedCrash e) {
            return true;
        }
    }

    @Test
    void secondOwnerIsRefused() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            assertThrows(IOException.class, () -> open(directory, "boot"));
            append(wal, "one");
        }
        open(directory, "boot").close();
    }

    @Test
    void baseStreamDbHoldsUntilARecordSaysOtherwise() throws IOException {
        try (Wal wal = Wal.open(directory, Logs.options(64, SyncPolicy.NO, "boot"), () -> 77, 500, 9, () -> Logs.ID)) {
            assertEquals(9, wal.streamDbAt(500));
            assertEquals(77, wal.millisAt(500));
            wal.append(Logs.bytes("x"), 2, 78);
            assertEquals(9, wal.streamDbAt(500));
            assertEquals(2, wal.streamDbAt(501));
        }
    }

    @Test
    void identityRefusesWhatNoFileCouldHold() {
        assertThrows(IllegalArgumentException.class, () -> LogIdentity.of(""));
        assertThrows(IllegalArgumentException.class, () -> LogIdentity.of("with space"));
        assertThrows(IllegalArgumentException.class, () -> LogIdentity.of("x".repeat(65)));
        assertThrows(IllegalArgumentException.class, () -> new LogIdentity("a", null, 5));
        assertThrows(IllegalArgumentException.class, () -> new LogIdentity("a", "b", -1));
    }
}
