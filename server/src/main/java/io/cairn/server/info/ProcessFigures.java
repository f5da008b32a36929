package io.cairn.server.info;

import io.cairn.server.script.Scripts;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The sections of INFO about this process: its memory and processor time, from {@code /proc} where there is one.
 *
 * <p><i>Immutable.</i>
 */
public final class ProcessFigures {
    private static final long KIB = 1024;
    private static final double TICKS_PER_SECOND = 100; // sysconf(_SC_CLK_TCK) of every Linux that has a JVM

    private ProcessFigures() {}

    /** Memory of heap, buffers, scripts and process; {@code dataset} gives bytes of rows that are in memory for good. */
    public static InfoSection memory(
            LongSupplier dataset, LongSupplier maxMemory, Supplier<String> policy, Scripts scripts) {
        return new InfoSection("Memory", true, fields -> {
            MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            long buffers = 0;
            for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
                buffers += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
            }
            long rss = kilobytesOf("VmRSS:") * KIB;
            long peak = kilobytesOf("VmHWM:") * KIB;
            fields.add("used_memory", rss)
                    .add("used_memory_human", human(rss))
                    .add("used_memory_rss", rss)
                    .add("used_memory_rss_human", human(rss))
                    .add("used_memory_peak", peak)
                    .add("used_memory_peak_human", human(peak))
                    .add("heap_used", heap.getUsed())
                    .add("heap_max", heap.getMax())
                    .add("direct_buffers", buffers)
                    .add("used_memory_dataset", dataset.getAsLong())
                    .add("used_memory_lua", scripts.luaBytes())
                    .add("number_of_cached_scripts", scripts.count())
                    .add("maxmemory", maxMemory.getAsLong())
                    .add("maxmemory_human", human(maxMemory.getAsLong()))
                    .add("maxmemory_policy", policy.get())
                    .add("mem_allocator", "jvm");
        });
    }

    /** Processor time. */
    public static InfoSection cpu() {
        return new InfoSection("CPU", true, fields -> {
            String[] times = statFields();
            fields.add("used_cpu_sys", seconds(times, 14))
                    .add("used_cpu_user", seconds(times, 13))
                    .add("used_cpu_sys_children", seconds(times, 16))
                    .add("used_cpu_user_children", seconds(times, 15));
        });
    }

    private static String seconds(String[] stat, int index) {
        double ticks = index < stat.length ? Double.parseDouble(stat[index]) : 0;
        return String.format(Locale.ROOT, "%.6f", ticks / TICKS_PER_SECOND);
    }

    /** The fields of {@code /proc/self/stat}, counted from 0; the second, which may hold blanks, is empty. */
    private static String[] statFields() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            return ("pid - " + stat.substring(stat.lastIndexOf(')') + 2)).split(" ");
        } catch (IOException e) {
            return new String[0]; // not Linux: INFO shows zeroes
        }
    }

    private static long kilobytesOf(String field) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            for (String line : lines) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            return 0; // not Linux: INFO shows zeroes
        }
        return 0;
    }

    static String human(long bytes) {
        if (bytes < KIB) {
            return bytes + "B";
        }
        String[] units = {"K", "M", "G", "T", "P"};
        double value = bytes;
        int unit = -1;
        while (value >= KIB && unit < units.length - 1) {
            value /= KIB;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f%s", value, units[unit]);
    }
}
