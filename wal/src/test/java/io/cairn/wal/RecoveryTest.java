package io.cairn.wal;

import static io.cairn.wal.Logs.append;
import static io.cairn.wal.Logs.files;
import static io.cairn.wal.Logs.open;
import static io.cairn.wal.Logs.records;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Damage of every kind, and what opening makes of it.
 *
 * <p>The log under test has three segments of two records each: two sealed ones at 1000 and 1060 and an active one at
 * 1120. Its process was killed; the fifth record was durable when the sixth was appended.
 */
class RecoveryTest {
    private static final String FIRST = "00000000000000001000";
    private static final String MIDDLE = "00000000000000001060";
    private static final String ACTIVE = "00000000000000001120";
    private static final List<String> RECORDS = List.of("1", "2", "3", "4", "5", "6").stream()
            .map(text -> text.repeat(30))
            .toList();
    private static final List<String> FIVE = RECORDS.subList(0, 5);

    private final SimulatedDirectory directory = killed();

    private static SimulatedDirectory killed() {
        try {
            SimulatedDirectory directory = new SimulatedDirectory(1);
            Wal wal = open(directory, "boot");
            append(wal, FIVE.toArray(String[]::new));
            wal.sync();
            append(wal, RECORDS.get(5));
            directory.kill();
            return directory;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void closeCleanly() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            assertEquals(RECORDS, records(wal));
        }
    }

    private void cut(String file, int bytes) {
        byte[] content = directory.content(file);
        directory.replace(file, Arrays.copyOf(content, content.length - bytes));
    }

    private void add(String file, int bytes) {
        byte[] content = directory.content(file);
        byte[] longer = Arrays.copyOf(content, content.length + bytes);
        Arrays.fill(longer, content.length, longer.length, (byte) 0x5A);
        directory.replace(file, longer);
    }

    private void assertRefused(String boot, String file) {
        List<String> before = files(directory);
        CorruptLogException refusal = assertThrows(CorruptLogException.class, () -> open(directory, boot));
        assertEquals(file, refusal.file(), refusal.getMessage());
        assertEquals(before, files(directory), "a refused log is left as it is");
        CorruptLogException again = assertThrows(CorruptLogException.class, () -> open(directory, boot));
        assertEquals(refusal.getMessage(), again.getMessage(), "the lock is free and the reason the same");
    }

    private void assertRecovers(String boot, List<String> expected) throws IOException {
        try (Wal wal = open(directory, boot)) {
            assertEquals(expected, records(wal));
            append(wal, "next");
        }
        try (Wal wal = open(directory, boot)) {
            List<String> withNext = new java.util.ArrayList<>(expected);
            withNext.add("next");
            assertEquals(withNext, records(wal));
        }
    }

    @Test
    void findsEverythingAfterTheProcessWasKilled() throws IOException {
        assertRecovers("boot", RECORDS);
    }

    @Test
    void refusesSegmentOfJunk() {
        byte[] junk = new byte[60];
        Arrays.fill(junk, (byte) 7);
        directory.replace(ACTIVE + ".log", junk);
        assertRefused("boot", ACTIVE + ".log");
        assertRefused("next boot", ACTIVE + ".log");
    }

    @Test
    void refusesSideFileOfJunk() {
        byte[] junk = new byte[96];
        Arrays.fill(junk, (byte) 7);
        directory.replace(ACTIVE + ".side", junk);
        assertRefused("boot", ACTIVE + ".side");
    }

    @Test
    void refusesEmptySegmentFile() {
        directory.replace(ACTIVE + ".log", new byte[0]);
        assertRefused("boot", ACTIVE + ".log");
        assertRefused("next boot", ACTIVE + ".log");
    }

    @Test
    void refusesEmptySideFile() {
        directory.replace(ACTIVE + ".side", new byte[0]);
        assertRefused("boot", ACTIVE + ".side");
    }

    @Test
    void refusesSideFileWithHeaderOnlyOnceClosedCleanly() throws IOException {
        closeCleanly();
        cut(ACTIVE + ".side", 64);
        assertRefused("boot", ACTIVE + ".log");
    }

    @Test
    void dropsSegmentOfZeroesAfterPowerLossIfNothingProvesItDurable() throws IOException {
        SimulatedDirectory fresh = new SimulatedDirectory(2);
        Wal wal = open(fresh, "boot");
        append(wal, RECORDS.get(0), RECORDS.get(1), RECORDS.get(2));
        fresh.kill();
        fresh.replace(MIDDLE + ".log", new byte[30]);
        fresh.replace(MIDDLE + ".side", new byte[64]);
        try (Wal reopened = open(fresh, "next boot")) {
            assertEquals(RECORDS.subList(0, 2), records(reopened));
            assertEquals(1060, reopened.identity().previousEnd());
        }
    }

    @Test
    void dropsBytesWithoutEntryAtTheEnd() throws IOException {
        add(ACTIVE + ".log", 17);
        assertRecovers("boot", RECORDS);
    }

    @Test
    void dropsIncompleteSlotAtTheEnd() throws IOException {
        add(ACTIVE + ".side", 31);
        assertRecovers("boot", RECORDS);
    }

    @Test
    void refusesWholeSlotOfJunkUnlessPowerWasLost() throws IOException {
        add(ACTIVE + ".side", 32);
        assertRefused("boot", ACTIVE + ".side");
        assertRecovers("next boot", RECORDS);
    }

    @Test
    void refusesJunkAfterSealedSegment() {
        add(FIRST + ".log", 1);
        assertRefused("boot", FIRST + ".log");
        assertRefused("next boot", FIRST + ".log");
    }

    @Test
    void refusesJunkAfterFooter() {
        for (int bytes : new int[] {1, 32, 64}) {
            SimulatedDirectory copy = directory.copy(1);
            add(FIRST + ".side", bytes);
            assertRefused("boot", FIRST + ".side");
            assertRefused("next boot", FIRST + ".side");
            directory.replace(FIRST + ".side", copy.content(FIRST + ".side"));
        }
    }

    @Test
    void truncatesTornRecordAtEachByteAfterPowerLoss() throws IOException {
        for (int cut = 1; cut <= 30; cut++) {
            RecoveryTest fresh = new RecoveryTest();
            fresh.cut(ACTIVE + ".log", cut);
            fresh.assertRefused("boot", ACTIVE + ".log");
            fresh.assertRecovers("next boot", FIVE);
        }
    }

    @Test
    void refusesTornRecordThatWasDurable() {
        for (int cut = 31; cut <= 60; cut++) {
            RecoveryTest fresh = new RecoveryTest();
            fresh.cut(ACTIVE + ".log", cut);
            fresh.assertRefused("boot", ACTIVE + ".log");
            fresh.assertRefused("next boot", ACTIVE + ".log");
        }
    }

    @Test
    void truncatesTornEntryAtEachByte() throws IOException {
        for (String boot : List.of("boot", "next boot")) {
            for (int cut = 1; cut <= 32; cut++) {
                RecoveryTest fresh = new RecoveryTest();
                fresh.cut(ACTIVE + ".side", cut);
                fresh.assertRecovers(boot, FIVE);
            }
        }
    }

    @Test
    void everyFlippedBitIsRefusedOrFoundOrHarmless() throws IOException {
        for (String boot : List.of("boot", "next boot")) {
            for (String file : directory.list()) {
                for (long bit = 0; bit < directory.content(file).length * 8L; bit++) {
                    SimulatedDirectory flipped = directory.copy(bit);
                    flipped.flipBit(file, bit);
                    assertNotSilentlyAltered(flipped, boot, file + " bit " + bit);
                }
            }
        }
    }

    private static void assertNotSilentlyAltered(SimulatedDirectory flipped, String boot, String where) {
        List<String> found;
        LogIdentity identity;
        try (Wal wal = open(flipped, boot)) {
            identity = wal.identity();
            found = records(wal);
        } catch (CorruptLogException | LogTooNewException e) {
            return;
        } catch (IOException e) {
            throw new AssertionError(where, e);
        }
        List<String> least = boot.equals("boot") ? RECORDS : FIVE;
        assertTrue(found.equals(RECORDS) || found.equals(least), () -> where + " gave " + found);
        assertTrue(identity.id().equals(Logs.ID) || Logs.ID.equals(identity.previousId()), where);
    }

    @Test
    void refusesUnknownOldVersion() {
        byte[] side = directory.content(ACTIVE + ".side");
        side[7] = 0;
        directory.replace(ACTIVE + ".side", side);
        assertRefused("boot", ACTIVE + ".side");
    }

    @Test
    void refusesLaterVersionAsTooNew() {
        for (String file : List.of(FIRST + ".side", ACTIVE + ".side", LogState.FILE)) {
            byte[] content = directory.content(file);
            byte[] newer = content.clone();
            newer[file.equals(LogState.FILE) ? 4 : 7] = 2;
            directory.replace(file, newer);
            List<String> before = files(directory);
            for (String boot : List.of("boot", "next boot")) {
                LogTooNewException refusal = assertThrows(LogTooNewException.class, () -> open(directory, boot));
                assertTrue(String.valueOf(refusal.getMessage()).contains(file), refusal.getMessage());
            }
            assertEquals(before, files(directory));
            directory.replace(file, content);
        }
    }

    @Test
    void refusesMissingFiles() {
        for (String boot : List.of("boot", "next boot")) {
            for (String segment : List.of(FIRST, MIDDLE, ACTIVE)) {
                for (String suffix : List.of(".log", ".side")) {
                    if (boot.equals("next boot") && (segment + suffix).equals(ACTIVE + ".side")) {
                        continue; // nothing that is left proves that it was durable
                    }
                    byte[] content = directory.content(segment + suffix);
                    directory.remove(segment + suffix);
                    assertRefused(boot, segment + suffix);
                    directory.replace(segment + suffix, content);
                }
            }
        }
    }

    @Test
    void refusesMissingSegments() throws IOException {
        closeCleanly();
        for (String segment : List.of(FIRST, MIDDLE, ACTIVE)) {
            byte[] log = directory.content(segment + ".log");
            byte[] side = directory.content(segment + ".side");
            directory.remove(segment + ".log");
            directory.remove(segment + ".side");
            assertRefused("boot", segment + ".log");
            assertRefused("next boot", segment + ".log");
            directory.replace(segment + ".log", log);
            directory.replace(segment + ".side", side);
        }
    }

    @Test
    void refusesMissingIdentity() {
        directory.remove(LogState.FILE);
        assertRefused("boot", LogState.FILE);
    }

    @Test
    void refusesIdentityWithoutSegments() {
        directory.list().stream().filter(name -> !name.equals(LogState.FILE)).forEach(directory::remove);
        assertRefused("boot", FIRST + ".log");
        assertRefused("next boot", FIRST + ".log");
    }

    @Test
    void refusesIdentityOfAnyOtherLength() {
        byte[] content = directory.content(LogState.FILE);
        for (int length = 0; length < content.length + 8; length++) {
            if (length != content.length) {
                directory.replace(LogState.FILE, Arrays.copyOf(content, length));
                assertRefused("boot", LogState.FILE);
            }
        }
    }

    @Test
    void refusesSideFileOfAnotherSegment() {
        directory.replace(ACTIVE + ".side", directory.content(MIDDLE + ".side"));
        assertRefused("boot", ACTIVE + ".side");
        assertRefused("next boot", ACTIVE + ".side");
    }

    @Test
    void refusesEveryChangeOfLengthAfterCleanClose() throws IOException {
        closeCleanly();
        for (String file : directory.list()) {
            byte[] content = directory.content(file);
            for (int bytes : new int[] {1, 31, 32, 33}) {
                for (String boot : List.of("boot", "next boot")) {
                    add(file, bytes);
                    assertThrows(CorruptLogException.class, () -> open(directory, boot), file + " longer");
                    directory.replace(file, content);
                    boolean footerOnly = bytes == SideFormat.SLOT && file.endsWith(".side") && !file.startsWith(ACTIVE);
                    if (content.length > bytes && !footerOnly) { // without the footer all records are checked
                        cut(file, bytes);
                        assertThrows(CorruptLogException.class, () -> open(directory, boot), file + " shorter");
                        directory.replace(file, content);
                    }
                }
            }
        }
    }

    @Test
    void mendsTornFooterOfSegmentWhoseRecordsAreGood() throws IOException {
        for (int cut = 1; cut <= 32; cut++) {
            RecoveryTest fresh = new RecoveryTest();
            byte[] whole = fresh.directory.content(MIDDLE + ".side");
            fresh.cut(MIDDLE + ".side", cut);
            fresh.assertRecovers("boot", RECORDS);
            assertEquals(
                    java.util.HexFormat.of().formatHex(whole),
                    java.util.HexFormat.of().formatHex(fresh.directory.content(MIDDLE + ".side")));
        }
    }

    @Test
    void refusesDamagedFooterUnlessPowerWasLost() throws IOException {
        directory.flipBit(MIDDLE + ".side", 96 * 8 + 77);
        assertRefused("boot", MIDDLE + ".side");
        assertRecovers("next boot", RECORDS);
    }

    @Test
    void findsFlippedBitOfSealedSegmentWhenItIsRead() throws IOException {
        directory.flipBit(MIDDLE + ".log", 35 * 8);
        try (Wal wal = open(directory, "boot")) {
            CorruptLogException found = assertThrows(CorruptLogException.class, wal::verify);
            assertEquals(MIDDLE + ".log", found.file());
            assertEquals(1090, found.position());
            wal.replay(1120, (start, bytes, db, millis) -> {});
        }
    }

    @Test
    void removesWhatRetentionLeftBehind() throws IOException {
        byte[] log = directory.content(FIRST + ".log");
        byte[] side = directory.content(FIRST + ".side");
        try (Wal wal = open(directory, "boot")) {
            wal.retention(1, 0);
            wal.floor(1060);
            wal.retain(0);
            assertEquals(1060, wal.start());
        }
        directory.replace(FIRST + ".log", log);
        directory.replace(FIRST + ".side", side);
        try (Wal wal = open(directory, "boot")) {
            assertEquals(1060, wal.start());
            assertEquals(RECORDS.subList(2, 6), records(wal));
        }
        assertTrue(directory.list().stream().noneMatch(name -> name.startsWith(FIRST)));
    }

    @Test
    void leavesOtherFilesAlone() throws IOException {
        directory.replace("notes.txt", new byte[] {1});
        directory.replace("1.log", new byte[] {1});
        assertRecovers("boot", RECORDS);
        assertTrue(directory.list().containsAll(List.of("notes.txt", "1.log")));
    }
}
