package io.cairn.server.differential;

import io.cairn.snapshot.rdb.Crc64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Draws commands on keys.
 *
 * <p><i>Thread-safe.</i>
 */
final class KeyGenerator implements CommandGenerator {
    private static final String[] PATTERNS = {
        "*",
        "key:*",
        "key:?",
        "key:1*",
        "[a-c]",
        "[^a]",
        "k[e-z]y:[0-9]",
        "?",
        "h?sh",
        "\\a",
        "*a*",
        "[c-a]",
        "[a",
        "nothing",
        "",
        "**",
        "*:*1",
        "{tag}[xy]",
        "\\",
        "[\\]]",
        "with*e",
        "[^",
        "l*t",
        "***b"
    };
    private static final String[] TYPES = {"string", "list", "set", "zset", "hash", "stream", "nothing", "STRING"};

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(32)) {
            case 0 ->
                of(random, Draw.oneIn(random, 2) ? "del" : "unlink").keys(1, 3).build();
            case 1, 2 -> of(random, "exists").keys(1, 4).build();
            case 3 -> of(random, "touch").keys(1, 4).build();
            case 4 -> of(random, "type").key().build();
            case 5, 6 -> of(random, "rename").key().key().build();
            case 7 -> of(random, "renamenx").key().key().build();
            case 8, 9 -> copy(random);
            case 10 -> of(random, "move").key().arg(database(random)).build();
            case 11, 12, 13, 14 -> expire(random);
            case 15 -> of(random, "ttl").key().build();
            case 16 -> of(random, "pttl").key().build();
            case 17 -> of(random, "expiretime").key().build();
            case 18 -> of(random, "pexpiretime").key().build();
            case 19 -> of(random, "persist").key().build();
            case 20 -> of(random, "keys").arg(Draw.of(random, PATTERNS)).build();
            case 21 -> scan(random);
            case 22 -> of(random, "randomkey").build();
            case 23, 24 ->
                of(random, "object")
                        .word(Draw.oneIn(random, 10) ? "freq" : "encoding")
                        .key()
                        .build();
            case 26, 27, 28 -> sort(random);
            case 29 -> of(random, "dump").key().build();
            case 30 -> restore(random);
            default -> of(random, "object").word("refcount").key().build();
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    private static byte[] database(Random random) {
        return Draw.oneIn(random, 5) ? Draw.index(random) : Draw.of(random, "0", "1");
    }

    private static byte[][] copy(Random random) {
        CommandBuilder copy = of(random, "copy").key().key().maybe(2, "replace");
        if (Draw.oneIn(random, 3)) {
            copy.word("db").arg(database(random));
        }
        return copy.build();
    }

    private static byte[][] expire(Random random) {
        boolean seconds = random.nextBoolean();
        boolean absolute = random.nextBoolean();
        long far = (absolute ? 4_000_000_000L : 100_000L) + 10_000L * random.nextInt(5);
        byte[] time =
                Draw.oneIn(random, 5) ? Draw.timeToLive(random) : Draw.bytes(Long.toString(seconds ? far : far * 1000));
        CommandBuilder expire = of(random, (seconds ? "" : "p") + "expire" + (absolute ? "at" : ""))
                .key()
                .arg(time);
        for (int options = random.nextInt(3); options > 0; options--) {
            expire.arg(Draw.anyCase(random, new String[] {"nx", "xx", "gt", "lt", "nonsense"}[random.nextInt(5)]));
        }
        return expire.build();
    }

    private static byte[][] scan(Random random) {
        CommandBuilder scan = of(random, "scan").arg(Draw.oneIn(random, 4) ? Draw.integer(random) : Draw.bytes("0"));
        if (Draw.oneIn(random, 2)) {
            scan.word("count").arg(Draw.integer(random));
        }
        if (Draw.oneIn(random, 2)) {
            scan.word("match").arg(Draw.of(random, PATTERNS));
        }
        if (Draw.oneIn(random, 3)) {
            scan.word("type").arg(Draw.of(random, TYPES));
        }
        return scan.build();
    }

    private static byte[][] sort(Random random) {
        if (Draw.oneIn(random, 3)) {
            return of(random, Draw.oneIn(random, 2) ? "rpush" : "sadd")
                    .key()
                    .arg(Draw.of(random, "1", "2", "3", "11", "-5", "1.5", "hash", "x"))
                    .build();
        }
        boolean readOnly = Draw.oneIn(random, 3);
        CommandBuilder sort =
                of(random, readOnly ? "sort_ro" : "sort").key().maybe(3, "desc").maybe(8, "asc");
        switch (random.nextInt(6)) {
            case 0 -> sort.word("by").arg(Draw.bytes("nosort"));
            case 1 -> sort.word("by").arg(Draw.of(random, "key:*", "*", "key:*->w1", "nothing:*"));
            case 2 -> sort.word("limit").arg(Draw.index(random), Draw.index(random));
            case 3 -> sort.word("alpha").word("limit").arg(Draw.index(random), Draw.index(random));
            default -> sort.maybe(2, "alpha");
        }
        for (int gets = random.nextInt(3); gets > 0; gets--) {
            sort.word("get").arg(Draw.of(random, "#", "key:*", "*->w1", "*", "fixed", "key:*->"));
        }
        if (Draw.oneIn(random, readOnly ? 20 : 3)) {
            sort.word("store").key();
        }
        return sort.build();
    }

    /** A payload as DUMP of a string gives it; damaged at times. */
    private static byte[][] restore(Random random) {
        byte[] value = Draw.text(random, random.nextInt(60));
        ByteBuffer payload = ByteBuffer.allocate(2 + value.length + 10).order(ByteOrder.LITTLE_ENDIAN);
        payload.put((byte) (Draw.oneIn(random, 8) ? 1 : 0))
                .put((byte) value.length)
                .put(value);
        payload.putShort((short) (Draw.oneIn(random, 10) ? 99 : 10));
        long crc = Crc64.update(0, payload.array(), 0, payload.position());
        payload.putLong(Draw.oneIn(random, 10) ? 0 : crc);
        CommandBuilder restore = of(random, "restore").key().arg(Draw.timeToLive(random), payload.array());
        restore.maybe(2, "replace").maybe(6, "absttl");
        if (Draw.oneIn(random, 6)) {
            restore.word(Draw.oneIn(random, 2) ? "idletime" : "freq").arg(Draw.index(random));
        }
        return restore.build();
    }
}
