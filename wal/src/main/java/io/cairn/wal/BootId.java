package io.cairn.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's id of its current boot: while it stays the same the page cache has survived, whatever became of
 * processes.
 *
 * <p><i>Thread-safe.</i>
 */
public final class BootId {
    private static final Logger log = LoggerFactory.getLogger(BootId.class);
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /**
     * The id of this boot, or a random one if it cannot be read: then every restart counts as a possible loss of the
     * page cache.
     */
    public static String current() {
        try {
            return Files.readString(FILE).strip();
        } catch (IOException e) {
            log.warn("boot id unreadable, file={} reason={}", FILE, e.toString());
            return UUID.randomUUID().toString();
        }
    }
}
