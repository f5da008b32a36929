package io.cairn.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The bytes on disk, as {@code docs/formats.md} shows them: a change here is a new version of the format. */
class FormatTest {
    private static String hex(SimulatedDirectory directory, String name) {
        StringBuilder lines = new StringBuilder();
        byte[] content = directory.content(name);
        for (int i = 0; i < content.length; i += 16) {
            lines.append(HexFormat.ofDelimiter(" ").formatHex(content, i, Math.min(i + 16, content.length)))
                    .append('\n');
        }
        return lines.toString();
    }

    @Test
    void filesAreAsDocumented() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory(10);
        WalOptions options = new WalOptions(40, 0, 0, SyncPolicy.EVERYSEC, () -> "boot-1");
        Wal wal = Wal.open(directory, options, () -> 1_700_000_000_000L, 1000, () -> Logs.ID);
        wal.append(Logs.bytes("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"), 0, 1_700_000_000_001L);
        wal.append(Logs.bytes("*1\r\n$4\r\nPING\r\n"), 0, 1_700_000_000_002L);
        wal.append(Logs.bytes("*1\r\n$8\r\nFLUSHALL\r\n"), 0, 1_700_000_000_003L);
        wal.sync();
        assertEquals(documented("00000000000000001000.log"), hex(directory, "00000000000000001000.log"));
        assertEquals(documented("00000000000000001000.side"), hex(directory, "00000000000000001000.side"));
        assertEquals(documented("identity"), hex(directory, "identity"));
    }

    /**
     * The hex dump that the page shows after the line {@code File `name`:}, without the remarks behind the bars.
     */
    private static String documented(String name) throws IOException {
        Path folder = Path.of(System.getProperty("cairn.root", "")).toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/formats.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "docs/formats.md not found");
        }
        return Files.readString(folder.resolve("docs/formats.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("File `" + name + "`"))
                .dropWhile(line -> !line.startsWith("    "))
                .takeWhile(line -> line.startsWith("    "))
                .map(line -> line.replaceFirst("\\|.*", "").strip() + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void namesOfSegmentFilesAreExact() {
        assertEquals(1000, SideFormat.baseOf("00000000000000001000.log"));
        assertEquals(Long.MAX_VALUE, SideFormat.baseOf(SideFormat.sideName(Long.MAX_VALUE)));
        assertEquals(-1, SideFormat.baseOf("99999999999999999999.log"));
        assertEquals(-1, SideFormat.baseOf("00000000000000001000.tmp"));
        assertEquals(-1, SideFormat.baseOf("1000.log"));
    }

    @Test
    void identityKeepsEveryField() throws IOException {
        for (LogState.Status status : LogState.Status.values()) {
            for (SyncPolicy policy : SyncPolicy.values()) {
                LogState state =
                        new LogState(status, policy, 5, 1L << 60, new LogIdentity("a", "b".repeat(64), 0), "boot");
                assertEquals(state, LogState.parse(state.encode()));
            }
        }
        assertThrows(CorruptLogException.class, () -> LogState.parse(ByteBuffer.allocate(0)));
    }
}
