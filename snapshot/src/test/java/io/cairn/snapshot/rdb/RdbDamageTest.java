package io.cairn.snapshot.rdb;

import static io.cairn.snapshot.rdb.RdbBytes.listpack;
import static io.cairn.snapshot.rdb.RdbBytes.rdb;
import static io.cairn.snapshot.rdb.RdbBytes.ziplist;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.cairn.snapshot.digest.DumpDigest;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Valid streams, damaged in every way: no damage passes a checksum, and without one nothing worse than a refusal comes. */
class RdbDamageTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MEGABYTE = 1 << 20;

    @Test
    void everyFlippedBitIsFoundByTheChecksum() throws IOException {
        for (byte[] rdb : checked()) {
            for (int bit = 0; bit < 8 * rdb.length; bit++) {
                rdb[bit / 8] ^= (byte) (1 << bit % 8);
                int flipped = bit;
                assertThrows(RdbException.class, () -> read(rdb, true), () -> "bit " + flipped);
                rdb[bit / 8] ^= (byte) (1 << bit % 8);
            }
            read(rdb, true);
        }
    }

    @Test
    void everyTruncationIsFound() throws IOException {
        for (byte[] rdb : small()) {
            for (int length = 0; length < rdb.length; length++) {
                byte[] cut = Arrays.copyOf(rdb, length);
                CorruptRdbException e = assertThrows(CorruptRdbException.class, () -> read(cut, true));
                assertEquals(length, e.position());
            }
        }
    }

    @Seeded(runs = 20, longRuns = 1000)
    void changedBytesWithoutAChecksumGiveKeysOrARefusal(long seed) {
        List<byte[]> streams = small();
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] rdb = streams.get(random.nextInt(streams.size())).clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = 5 + random.nextInt(rdb.length - 5);
                rdb[at] = switch (random.nextInt(4)) {
                    case 0 -> (byte) (rdb[at] ^ 1 << random.nextInt(8));
                    case 1 -> (byte) 0xFF;
                    case 2 -> (byte) (rdb[at] + 1 - 2 * random.nextInt(2));
                    default -> (byte) random.nextInt();
                };
            }
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            try {
                read(rdb, false);
            } catch (RdbException e) {
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail("round " + round, e);
            }
            long allocated =
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(allocated < 64 * MEGABYTE, "round " + round + " allocated " + allocated);
        }
        assertTrue(refused > 600, "refused " + refused);
    }

    @Test
    void lengthsCostNothingBeforeTheirBytesAreThere() {
        Map<String, Supplier<RdbBytes>> lies = new LinkedHashMap<>();
        long[] lengths = {1L << 24, Integer.MAX_VALUE - 20, Integer.MAX_VALUE, 1L << 32, 1L << 40, Long.MAX_VALUE};
        for (long length : lengths) {
            Supplier<RdbBytes> lie = () -> new RdbBytes().raw(0x81).big(8, length);
            lies.put("key of " + length, () -> rdb(12).raw(0).raw(lie.get().done()));
            lies.put("field of " + length, () -> rdb(12).raw(0xFA).raw(lie.get().done()));
            lies.put(
                    "function of " + length,
                    () -> rdb(12).raw(0xF5).raw(lie.get().done()));
            lies.put(
                    "compressed " + length,
                    () -> rdb(12).raw(0, 0, 0xC3).raw(lie.get().done()).raw(1));
            lies.put(
                    "decompressed " + length,
                    () -> rdb(12).raw(0, 0, 0xC3, 2).raw(lie.get().done()));
            for (int type = 0; type <= 20; type++) {
                int t = type;
                if (RdbCodes.isSupportedType(t)) {
                    lies.put(
                            "type " + type + " of " + length,
                            () -> rdb(12).key(t, "k").raw(lie.get().done()));
                }
            }
            lies.put(
                    "node of " + length,
                    () -> rdb(12).key(18, "k").raw(1, 1).raw(lie.get().done()));
            lies.put(
                    "element of " + length,
                    () -> rdb(12).key(2, "k").raw(1).raw(lie.get().done()));
        }
        byte[] sent = new byte[100_000];
        lies.forEach((name, lie) -> {
            byte[] rdb = lie.get().raw(sent).done();
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            assertThrows(CorruptRdbException.class, () -> read(rdb, true), name);
            long allocated =
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(allocated < 20 * MEGABYTE, name + " allocated " + allocated);
        });
    }

    /** Streams with a checksum and fields, so that no bit of them is without meaning. */
    private static List<byte[]> checked() throws IOException {
        Dump dump = new Dump();
        RandomDump.of(22, 200).entries().forEach((name, entry) -> {
            if (entry.value().toString().length() < 100) {
                dump.entries().put(name, entry);
            }
        });
        byte[] written = RoundTripTest.write(dump, RdbWriteOptions.FILE);
        assertTrue(written.length > 500 && written.length < 5000, "length " + written.length);
        return List.of(written, allEncodings());
    }

    /** Small streams that have every encoding between them. */
    private static List<byte[]> small() {
        return List.of(
                OldEncodings.stream("zipmaps of version 3"),
                OldEncodings.stream("intsets and text scores of version 5"),
                OldEncodings.stream("numbers, lengths and compressed strings of version 9"),
                allEncodings());
    }

    private static byte[] allEncodings() {
        RdbBytes rdb = rdb(11).raw(0xFA).string("name").string("value").raw(0xFE, 0, 0xFB, 5, 5);
        rdb.raw(0xF5).string("#!lua name=lib\ncode");
        rdb.key(14, "quicklist").length(2);
        rdb.string(ziplist(entries("0161", "fe07", "c01234", "f5"))).lzf(ziplist(entries("0161", "03616263")));
        rdb.raw(0xFC).little(8, 99);
        rdb.key(13, "hash").string(ziplist(entries("0161", "f3", "f4", "e00102030405060708")));
        rdb.key(12, "zset").string(ziplist(entries("0161", "f3", "f4", "d001020304")));
        rdb.key(18, "quicklist2").raw(2, 1).string("plain");
        rdb.raw(2).string(listpack(entries("8161", "05", "c511", "e00161", "f0020000006161", "f11234")));
        rdb.key(16, "hash2").lzf(listpack(entries("8161", "05", "f2123456", "f312345678")));
        rdb.key(17, "zset2").string(listpack(entries("8161", "05", "8162", "83312e35")));
        rdb.key(20, "set").string(listpack(entries("8161", "f40102030405060708")));
        rdb.key(22, "timed1")
                .raw(2, 0)
                .string("f")
                .string("v")
                .length(300)
                .string("g")
                .string("w");
        rdb.key(23, "timed2").string(listpack(entries("8161", "05", "c511", "8162", "05", "00")));
        rdb.key(24, "timed3")
                .little(8, 77)
                .raw(2, 0)
                .string("f")
                .string("v")
                .raw(1)
                .string("g")
                .string("w");
        rdb.key(25, "timed4").little(8, 77).string(listpack(entries("8161", "05", "f13412")));
        for (int type : new int[] {15, 19, 21}) {
            stream(rdb.key(type, "stream" + type), type);
        }
        return rdb.raw(0xF7, 5, 2, 1, 1, 7, 5, 1, 'x', 0).end();
    }

    /** A stream of two entries, of which one has other fields, and a group with both of them pending. */
    private static void stream(RdbBytes rdb, int type) {
        rdb.length(1).length(16).big(8, 5).big(8, 1);
        rdb.string(listpack(entries(
                "02", "01", "01", "8166", "00", "02", "00", "00", "8176", "04", "03", "01", "00", "8177", "04", "00",
                "02", "dfff", "02", "8166", "8178", "8167", "05", "08")));
        rdb.length(2).length(9).length(3);
        if (type > 15) {
            rdb.length(5).length(1).length(6).length(1).length(3);
        }
        rdb.length(1).string("group").length(7).length(0);
        if (type > 15) {
            rdb.length(3);
        }
        rdb.length(2)
                .big(8, 5)
                .big(8, 1)
                .little(8, 1000)
                .length(2)
                .big(8, 7)
                .big(8, 0)
                .little(8, 1001)
                .length(1);
        rdb.length(2);
        for (String consumer : new String[] {"alice", "bob"}) {
            rdb.string(consumer).little(8, 2000);
            if (type == 21) {
                rdb.little(8, 1999);
            }
            boolean first = consumer.equals("alice");
            rdb.length(1).big(8, first ? 5 : 7).big(8, first ? 1 : 0);
        }
    }

    private static byte[][] entries(String... hex) {
        byte[][] entries = new byte[hex.length][];
        for (int i = 0; i < hex.length; i++) {
            entries[i] = HexFormat.of().parseHex(hex[i]);
        }
        return entries;
    }

    private static void read(byte[] rdb, boolean checksum) throws IOException {
        new RdbReader(
                        RdbInput.from(ByteBuffer.wrap(rdb)),
                        RdbReadOptions.DEFAULT.withChecksum(checksum).withBufferBytes(4096))
                .read(new DumpDigest(), RdbEvents.NONE);
    }
}
