package io.cairn.wal.simulation;

import io.cairn.wal.Directory;
import io.cairn.wal.LogFile;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory that fails as disks, kernels and processes do.
 *
 * <ul>
 *   <li>{@link #kill}: the process dies; what it wrote stays.
 *   <li>{@link #losePower}: of everything not synced, each sector of each write, each truncation, each creation,
 *       deletion and renaming is kept or lost by itself, whatever the order it was done in.
 *   <li>{@link #crashAt}: the process dies in the middle of a given operation; a write is then done in part.
 *   <li>{@link #capacity}: the disk fills up; a write is then done in part and fails.
 *   <li>{@link #fault}: any operation fails at the test's will. A sync that fails drops the changes it was to make
 *       durable, while the process goes on seeing them.
 *   <li>{@link #flipBit}, {@link #replace}, {@link #remove}: the disk rots.
 * </ul>
 *
 * <p>After {@code kill}, {@code losePower} or a crash, files opened before are of no use and locks are free; open the
 * log again over the same directory.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SimulatedDirectory implements Directory {
    /** What a full disk says. */
    public static final String NO_SPACE = "No space left on device";

    private final Map<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> durableNames = new TreeMap<>();
    private final List<String> locks = new ArrayList<>();
    private final Map<Fault.Operation, Long> counts = new HashMap<>();
    private final SplittableRandom random;
    private Fault fault = (operation, name) -> {};
    private long capacity = Long.MAX_VALUE;
    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private long bytesRead;
    private int life;
    private boolean dead;

    /** @param seed decides what is torn, and how */
    public SimulatedDirectory(long seed) {
        random = new SplittableRandom(seed);
    }

    // ---- what tests do to it

    /** The process dies; the kernel keeps what it wrote. */
    public synchronized void kill() {
        restart();
    }

    /** The machine loses power: what was not synced is kept or lost at random. */
    public synchronized void losePower() {
        double[] chances = {0, 0.1, 0.5, 0.9, 1};
        int[] sectors = {1, 8, 64, 512, 4096};
        losePower(chances[random.nextInt(chances.length)], sectors[random.nextInt(sectors.length)]);
    }

    /**
     * The machine loses power; each sector of that many bytes that was not synced is kept with that probability.
     */
    public synchronized void losePower(double survival, int sectorBytes) {
        List<Inode> inodes = new ArrayList<>();
        for (Map<String, Inode> map : List.of(names, durableNames)) {
            for (Inode inode : map.values()) {
                if (!inodes.contains(inode)) {
                    inodes.add(inode);
                }
            }
        }
        inodes.forEach(inode -> inode.losePower(random, survival, sectorBytes));
        Map<String, Inode> left = new TreeMap<>();
        List<String> all = new ArrayList<>(names.keySet());
        durableNames.keySet().stream().filter(name -> !names.containsKey(name)).forEach(all::add);
        for (String name : all) {
            Inode inode = (random.nextDouble() < survival ? names : durableNames).get(name);
            if (inode != null) {
                left.put(name, inode);
            }
        }
        names.clear();
        names.putAll(left);
        durableNames.clear();
        durableNames.putAll(left);
        restart();
    }

    private void restart() {
        life++;
        locks.clear();
        dead = false;
        crashAt = Long.MAX_VALUE;
    }

    /** The process dies in the middle of the {@code count}-th changing operation from now, 1 being the next. */
    public synchronized void crashAt(long count) {
        crashAt = operations + count;
    }

    /** Changing operations so far. */
    public synchronized long operations() {
        return operations;
    }

    /** How often an operation was begun. */
    public synchronized long count(Fault.Operation operation) {
        return counts.getOrDefault(operation, 0L);
    }

    /** Bytes read so far. */
    public synchronized long bytesRead() {
        return bytesRead;
    }

    /** All files together hold at most that many bytes from now on. */
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** Asks {@code next} before each operation from now on. */
    public synchronized void fault(Fault next) {
        fault = next;
    }

    /** No operation fails any more, nor is a crash planned. */
    public synchronized void heal() {
        fault = (operation, name) -> {};
        capacity = Long.MAX_VALUE;
        crashAt = Long.MAX_VALUE;
    }

    /** The content of a file. */
    public synchronized byte[] content(String name) {
        return require(names.get(name), name).bytes();
    }

    /** Gives a file another content, durably; makes it if there is none. */
    public synchronized void replace(String name, byte[] content) {
        Inode inode = names.computeIfAbsent(name, key -> new Inode());
        inode.set(content);
        durableNames.put(name, inode);
    }

    /** Removes a file, durably. */
    public synchronized void remove(String name) {
        require(names.remove(name), name);
        durableNames.remove(name);
    }

    /** Turns one bit of a file over. */
    public synchronized void flipBit(String name, long bit) {
        byte[] bytes = content(name);
        bytes[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
        replace(name, bytes);
    }

    /** A directory with the same files, all durable, and no faults. */
    public synchronized SimulatedDirectory copy(long seed) {
        SimulatedDirectory copy = new SimulatedDirectory(seed);
        names.forEach((name, inode) -> copy.replace(name, inode.bytes()));
        return copy;
    }

    private static Inode require(@Nullable Inode inode, String name) {
        if (inode == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return inode;
    }

    // ---- what it is to the log

    @Override
    public synchronized List<String> list() {
        requireAlive(life);
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized long size(String name) throws IOException {
        requireAlive(life);
        return find(name).size();
    }

    @Override
    public synchronized LogFile create(String name) throws IOException {
        change(Fault.Operation.CREATE, name);
        Inode inode = names.get(name);
        if (inode == null) {
            inode = new Inode();
            names.put(name, inode);
        } else {
            inode.truncate(0);
        }
        return new SimulatedFile(this, name, inode, life);
    }

    @Override
    public synchronized LogFile openWrite(String name) throws IOException {
        return openRead(name);
    }

    @Override
    public synchronized LogFile openRead(String name) throws IOException {
        requireAlive(life);
        begin(Fault.Operation.OPEN, name);
        return new SimulatedFile(this, name, find(name), life);
    }

    private Inode find(String name) throws IOException {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new FileNotFoundException(name);
        }
        return inode;
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        change(Fault.Operation.DELETE, name);
        find(name);
        names.remove(name);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        change(Fault.Operation.RENAME, from);
        Inode inode = find(from);
        names.remove(from);
        names.put(to, inode);
    }

    @Override
    public synchronized void sync() throws IOException {
        change(Fault.Operation.SYNC_DIRECTORY, "");
        durableNames.clear();
        durableNames.putAll(names);
    }

    @Override
    public synchronized long usableBytes() {
        return capacity - used();
    }

    private long used() {
        return names.values().stream().mapToLong(Inode::size).sum();
    }

    @Override
    public synchronized Closeable lock(String name) throws IOException {
        requireAlive(life);
        if (locks.contains(name)) {
            throw new IOException("locked: " + name);
        }
        locks.add(name);
        int taken = life;
        return () -> unlock(name, taken);
    }

    private synchronized void unlock(String name, int taken) {
        if (taken == life) {
            locks.remove(name);
        }
    }

    // ---- what its files ask of it

    synchronized int read(SimulatedFile file, byte[] target, long position) throws IOException {
        requireAlive(file.life());
        begin(Fault.Operation.READ, file.name());
        if (position >= file.inode().size()) {
            return -1;
        }
        int n = file.inode().read(target, (int) position, target.length);
        bytesRead += n;
        return n;
    }

    synchronized void write(SimulatedFile file, byte[] bytes, long position) throws IOException {
        requireAlive(file.life());
        begin(Fault.Operation.WRITE, file.name());
        operations++;
        int fits = bytes.length;
        boolean crash = operations >= crashAt;
        if (crash) {
            fits = random.nextInt(bytes.length + 1);
        }
        long growth = position + fits - file.inode().size();
        long room = capacity - used();
        boolean full = growth > room;
        if (full) {
            fits = (int) Math.max(0, fits - (growth - Math.max(room, 0)));
        }
        file.inode().write((int) position, java.util.Arrays.copyOf(bytes, fits));
        if (crash) {
            die("write of " + file.name());
        }
        if (full) {
            throw new IOException(NO_SPACE);
        }
    }

    synchronized void truncate(SimulatedFile file, long size) throws IOException {
        requireAlive(file.life());
        change(Fault.Operation.TRUNCATE, file.name());
        file.inode().truncate((int) size);
    }

    synchronized void sync(SimulatedFile file) throws IOException {
        requireAlive(file.life());
        try {
            change(Fault.Operation.SYNC, file.name());
        } catch (IOException e) {
            file.inode().forgetPending();
            throw e;
        }
        file.inode().sync();
    }

    synchronized long size(SimulatedFile file) {
        requireAlive(file.life());
        return file.inode().size();
    }

    private void change(Fault.Operation operation, String name) throws IOException {
        requireAlive(life);
        begin(operation, name);
        operations++;
        if (operations >= crashAt) {
            die(operation + " of " + name);
        }
    }

    private void begin(Fault.Operation operation, String name) throws IOException {
        counts.merge(operation, 1L, Long::sum);
        fault.before(operation, name);
    }

    private void die(String where) {
        dead = true;
        throw new SimulatedCrash(where);
    }

    private void requireAlive(int openedIn) {
        if (dead || openedIn != life) {
            throw new SimulatedCrash("the process is dead");
        }
    }
}
