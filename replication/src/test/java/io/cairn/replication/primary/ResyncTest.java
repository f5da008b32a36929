package io.cairn.replication.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.replication.primary.Resync.Reason;
import io.cairn.wal.LogIdentity;
import org.junit.jupiter.api.Test;

class ResyncTest {
    private static final String OWN = "a".repeat(40);
    private static final String PREVIOUS = "b".repeat(40);
    private static final LogIdentity IDENTITY = new LogIdentity(OWN, PREVIOUS, 500);

    private static Resync decide(String id, long offset) {
        return Resync.decide(id, offset, IDENTITY, 100, 1000);
    }

    @Test
    void continuesTheSameHistoryWithinTheLog() {
        for (long offset : new long[] {101, 600, 1001}) {
            Resync resync = decide(OWN, offset);
            assertTrue(resync.partial(), "offset " + offset);
            assertEquals(offset - 1, resync.position());
            assertEquals(Reason.SAME_ID, resync.reason());
        }
        assertTrue(decide(OWN.toUpperCase(java.util.Locale.ROOT), 600).partial());
    }

    @Test
    void refusesWhatTheLogDoesNotHold() {
        assertEquals(Reason.TOO_OLD, decide(OWN, 100).reason());
        assertEquals(Reason.AHEAD, decide(OWN, 1002).reason());
        assertEquals(Reason.TOO_OLD, decide(OWN, 0).reason());
        assertEquals(Reason.TOO_OLD, decide(OWN, -1).reason());
        assertEquals(Reason.TOO_OLD, decide(OWN, Long.MIN_VALUE + 1).reason());
    }

    @Test
    void continuesThePreviousHistoryUpToItsEnd() {
        assertEquals(Reason.PREVIOUS_ID, decide(PREVIOUS, 501).reason());
        assertTrue(decide(PREVIOUS, 501).partial());
        assertEquals(Reason.BEYOND_PREVIOUS, decide(PREVIOUS, 502).reason());
        assertFalse(decide(PREVIOUS, 502).partial());
    }

    @Test
    void refusesOtherHistoriesAndThoseThatAsk() {
        assertEquals(Reason.UNKNOWN_ID, decide("c".repeat(40), 600).reason());
        assertEquals(Reason.REQUESTED, decide("?", -1).reason());
        Resync withoutPrevious = Resync.decide(PREVIOUS, 200, LogIdentity.of(OWN), 0, 1000);
        assertEquals(Reason.UNKNOWN_ID, withoutPrevious.reason());
    }
}
