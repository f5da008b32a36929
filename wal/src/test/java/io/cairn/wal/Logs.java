package io.cairn.wal;

import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the tests of the log share: opening it over a simulated directory, and its records as text. */
final class Logs {
    static final String ID = "0123456789abcdef0123456789abcdef01234567";
    static final String NEXT_ID = "fedcba9876543210fedcba9876543210fedcba98";

    private Logs() {}

    static WalOptions options(int segmentBytes, SyncPolicy policy, String boot) {
        return new WalOptions(segmentBytes, 0, 0, policy, () -> boot);
    }

    /** Opens with segments of 64 bytes and a base of 1000, everysec. */
    static Wal open(Directory directory, String boot) throws IOException {
        return open(directory, boot, SyncPolicy.EVERYSEC);
    }

    static Wal open(Directory directory, String boot, SyncPolicy policy) throws IOException {
        boolean first = !directory.list().contains(LogState.FILE);
        return Wal.open(directory, options(64, policy, boot), () -> 5, 1000, () -> first ? ID : NEXT_ID);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Appends each text as one record. */
    static void append(Wal wal, String... texts) throws IOException {
        for (String text : texts) {
            wal.append(bytes(text), 0, 7);
        }
    }

    static List<String> records(Wal wal) throws IOException {
        return records(wal, wal.start());
    }

    static List<String> records(Wal wal, long from) throws IOException {
        List<String> all = new ArrayList<>();
        wal.replay(
                from,
                (start, bytes, db, millis) ->
                        all.add(StandardCharsets.US_ASCII.decode(bytes).toString()));
        return all;
    }

    /** All files with their content, to see that nothing was changed. */
    static List<String> files(SimulatedDirectory directory) {
        List<String> all = new ArrayList<>();
        for (String name : directory.list()) {
            all.add(name + "=" + java.util.HexFormat.of().formatHex(directory.content(name)));
        }
        return all;
    }
}
