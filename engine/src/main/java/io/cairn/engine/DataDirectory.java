package io.cairn.engine;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that holds everything of one node.
 *
 * <pre>
 *   LOCK                 held by the running process
 *   CURRENT              one line: "cairn 1 gen-000007 primary" (format, generation in use, {@link Stage} when last changed)
 *   gen-000007/store/    row store
 *   gen-000007/wal/      log
 *   gen-000007/wal.new/  log that is about to take its place; wal.old/: the one whose place it took
 *   gen-000008/          a full resynchronization under way, or what a crash left of one
 *   checkpoints/         hard-linked row stores while they are read
 * </pre>
 *
 * A generation becomes current by renaming a new CURRENT over the old one; everything else that a crash may leave is
 * deleted at the next open. The very first generation is announced in CURRENT before it is made: one without CURRENT is
 * therefore no crash's doing, and refused.
 *
 * <p><i>Guarded by the engine.</i>
 */
final class DataDirectory implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String CURRENT = "CURRENT";
    private static final String FORMAT = "cairn 1 ";
    private static final String GENERATION = "gen-";

    /** What the current generation is, in the words of CURRENT. */
    enum Stage {
        /** Being made for the first time: holds nothing yet. */
        MAKING,
        /** A primary's data. */
        PRIMARY,
        /** A replica's data. */
        REPLICA;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable Stage of(String word) {
            for (Stage stage : values()) {
                if (stage.word().equals(word)) {
                    return stage;
                }
            }
            return null;
        }
    }

    /** What CURRENT says. */
    record Current(String generation, Stage stage) {
        boolean replica() {
            return stage == Stage.REPLICA;
        }
    }

    private final Path root;
    private final FileChannel lockChannel;

    private DataDirectory(Path root, FileChannel lockChannel) {
        this.root = root;
        this.lockChannel = lockChannel;
    }

    /**
     * Locks the directory, making it if need be.
     *
     * @throws IOException if another process has it, named with its pid where that is known
     */
    static DataDirectory open(Path root) throws IOException {
        Files.createDirectories(root);
        Path file = root.resolve("LOCK");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = Files.readString(file, StandardCharsets.US_ASCII).strip();
                throw new IOException("data directory " + root + " is in use by a running instance"
                        + (owner.isEmpty() ? "" : " (pid " + owner + ")") + ": stop it, or choose another directory");
            }
            channel.truncate(0);
            channel.write(
                    StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
            return new DataDirectory(root, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process has it
        }
    }

    Path root() {
        return root;
    }

    Path store(String generation) {
        return root.resolve(generation).resolve("store");
    }

    Path wal(String generation) {
        return root.resolve(generation).resolve("wal");
    }

    /** A path for a checkpoint; its parent exists. */
    Path checkpoint(String name) throws IOException {
        return Files.createDirectories(root.resolve("checkpoints")).resolve(name);
    }

    /** What is current, or null in a directory that holds no data yet. */
    @Nullable
    Current current() throws IOException {
        Path file = root.resolve(CURRENT);
        if (!Files.exists(file)) {
            List<Path> generations = generations();
            if (!generations.isEmpty()) {
                throw new IOException("data directory " + root + " holds "
                        + generations.get(0).getFileName()
                        + " but no file CURRENT: put it back (one line such as \"" + FORMAT
                        + generations.get(0).getFileName() + " primary\"), or move the directory away");
            }
            return null;
        }
        String line = Files.readString(file, StandardCharsets.US_ASCII).strip();
        String[] words = line.split(" ", -1);
        if (words.length > 1 && words[0].equals("cairn") && !words[1].equals("1")) {
            throw new IOException("file " + file + " has format " + words[1]
                    + ", this version reads 1: use the version of Cairn that wrote it");
        }
        Stage stage = words.length == 4 ? Stage.of(words[3]) : null;
        if (stage == null || !words[0].equals("cairn") || !words[2].matches(GENERATION + "[0-9]+")) {
            throw new IOException("file " + file + " is damaged: expected \"" + FORMAT
                    + "gen-NNNNNN primary|replica\", found \"" + line + "\"; write the generation there that "
                    + root + " holds, or move the directory away");
        }
        if (stage != Stage.MAKING && !Files.isDirectory(root.resolve(words[2]))) {
            throw new IOException("file " + file + " names " + words[2] + ", which is missing in " + root
                    + ": put it back, or move the directory away and resynchronize from another node");
        }
        return new Current(words[2], stage);
    }

    /** Makes a generation, or what it is, current: durable when it returns. */
    void current(String generation, Stage stage) throws IOException {
        Path temporary = root.resolve(CURRENT + ".tmp");
        String line = FORMAT + generation + " " + stage.word() + "\n";
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(StandardCharsets.US_ASCII.encode(line));
            channel.force(true);
        }
        if (stage != Stage.MAKING) {
            syncDirectory(root.resolve(generation));
        }
        Files.move(temporary, root.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(root);
    }

    /** Says that the first generation is being made: a crash from here on leaves nothing that is refused. */
    void announceFirst() throws IOException {
        current(name(1), Stage.MAKING);
    }

    private static String name(long number) {
        return String.format(Locale.ROOT, "%s%06d", GENERATION, number);
    }

    /** Makes the folders of a new generation; returns its name. */
    String newGeneration() throws IOException {
        long highest = 0;
        for (Path generation : generations()) {
            highest = Math.max(highest, number(generation));
        }
        String name = name(highest + 1);
        Files.createDirectories(root.resolve(name));
        return name;
    }

    private static long number(Path generation) {
        try {
            return Long.parseLong(generation.getFileName().toString().substring(GENERATION.length()));
        } catch (NumberFormatException e) {
            return 0; // not ours; it cannot clash with a name that we make
        }
    }

    private List<Path> generations() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.filter(path -> path.getFileName().toString().startsWith(GENERATION))
                    .sorted()
                    .toList();
        }
    }

    /** Deletes what a crash left: generations that are not current, checkpoints. */
    void deleteLeftovers(@Nullable String currentGeneration) throws IOException {
        for (Path generation : generations()) {
            if (!generation.getFileName().toString().equals(currentGeneration)) {
                LOG.info("leftover deleted path={}", generation);
                delete(generation);
            }
        }
        delete(root.resolve("checkpoints"));
        Files.deleteIfExists(root.resolve(CURRENT + ".tmp"));
    }

    void delete(String generation) throws IOException {
        delete(root.resolve(generation));
    }

    /** Bytes that the file system can still take. */
    long usableBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(path)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
