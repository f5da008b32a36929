package io.cairn.server.sockets;

import io.cairn.engine.stream.StreamParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What servers have logged. */
final class Logged {
    private Logged() {}

    /** All bytes of the server's log. */
    static byte[] bytes(RunningServer server) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(server.directory())) {
            for (Path file : files.filter(name -> name.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                if (file.getParent().endsWith("wal")) {
                    all.writeBytes(Files.readAllBytes(file));
                }
            }
        }
        return all.toByteArray();
    }

    /** The commands in a stream as text, their names in lower case. */
    static List<String> lines(byte[] stream) {
        StreamParser parser = new StreamParser();
        ByteBuffer bytes = ByteBuffer.wrap(stream);
        List<String> lines = new ArrayList<>();
        for (byte[][] next = parser.next(bytes); next != null; next = parser.next(bytes)) {
            String name = new String(next[0], StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
            lines.add(Arrays.stream(next)
                    .map(word -> new String(word, StandardCharsets.ISO_8859_1))
                    .collect(Collectors.joining(" "))
                    .replaceFirst("^\\S+", name));
        }
        return lines;
    }
}
