package io.cairn.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the numbers were measured on. */
final class Machine {
    private Machine() {}

    static String describe() {
        return String.format(
                Locale.ROOT,
                "%d processors (%s), %s MiB of memory, %s %s, load average %s",
                Runtime.getRuntime().availableProcessors(),
                field("/proc/cpuinfo", "model name"),
                memoryMegabytes(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                firstLine("/proc/loadavg"));
    }

    private static String memoryMegabytes() {
        String kilobytes = field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
        return kilobytes.isEmpty() ? "?" : Long.toString(Long.parseLong(kilobytes) / 1024);
    }

    private static String firstLine(String file) {
        return lines(file).split("\n", 2)[0];
    }

    private static String field(String file, String name) {
        for (String line : lines(file).split("\n")) {
            if (line.startsWith(name)) {
                return line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return "?";
    }

    private static String lines(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "?"; // not Linux: the report does without
        }
    }
}
