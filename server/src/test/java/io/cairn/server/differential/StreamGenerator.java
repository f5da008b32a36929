package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws commands on streams.
 *
 * <p>Ids are small, so that they meet again; times are so far apart that it does not matter how long the test takes.
 *
 * <p><i>Thread-safe.</i>
 */
final class StreamGenerator implements CommandGenerator {
    private static final String[] STRANGE_IDS = {
        "",
        "-",
        "+",
        "(",
        "(-",
        "-1",
        "1-",
        "1--1",
        "a",
        "1-a",
        "01-02",
        " 3-1",
        "+4",
        "5-+1",
        "0-0",
        "0",
        "0-*",
        "7-**",
        "18446744073709551615",
        "18446744073709551615-18446744073709551615",
        "18446744073709551616",
        "3-1-1",
        "$",
        ">",
        "(18446744073709551615-18446744073709551615",
        "(0-0",
        "18446744073709551615-*",
        "9223372036854775808-5"
    };
    private static final String[] MILLIS = {"0", "0", "0", "-7", "1000000", "50000000", "99999999999", "x"};

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(44)) {
            case 0 -> of(random, "del").key().build();
            case 1, 2 -> of(random, "xlen").key().build();
            case 3, 4, 5 -> range(random);
            case 6, 7 -> ids(random, of(random, "xdel").key(), 3).build();
            case 8, 9 -> trimmed(random, of(random, "xtrim").key()).build();
            case 10 -> setId(random);
            case 11, 12 -> read(random);
            case 13, 14, 15, 16, 17 -> readGroup(random);
            case 18, 19, 20 -> createGroup(random);
            case 21, 22 -> manageGroup(random);
            case 23, 24, 25 ->
                ids(random, of(random, "xack").key().arg(group(random)), 4).build();
            case 26, 27, 28 -> pending(random);
            case 29, 30 -> claim(random);
            case 31, 32 -> autoClaim(random);
            case 33, 34, 35 -> info(random);
            default -> add(random);
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    private static byte[] group(Random random) {
        return Draw.oneIn(random, 25) ? Draw.value(random) : Draw.of(random, "g", "g", "g", "g2", "other");
    }

    private static byte[] consumer(Random random) {
        return Draw.oneIn(random, 25) ? Draw.value(random) : Draw.of(random, "alice", "bob", "bob", "carol");
    }

    private static byte[] id(Random random) {
        if (Draw.oneIn(random, 30)) {
            return Draw.of(random, STRANGE_IDS);
        }
        int millis = 1 + random.nextInt(Draw.oneIn(random, 3) ? 200 : 30);
        return Draw.bytes(Draw.oneIn(random, 3) ? Integer.toString(millis) : millis + "-" + random.nextInt(3));
    }

    private static byte[] bound(Random random, String unbounded) {
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> Draw.bytes(unbounded);
            case 3 -> {
                byte[] id = id(random);
                byte[] excluded = new byte[id.length + 1];
                excluded[0] = '(';
                System.arraycopy(id, 0, excluded, 1, id.length);
                yield excluded;
            }
            default -> id(random);
        };
    }

    private static CommandBuilder ids(Random random, CommandBuilder command, int most) {
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            command.arg(id(random));
        }
        return command;
    }

    private static byte[][] add(Random random) {
        CommandBuilder add = of(random, "xadd").key().maybe(12, "nomkstream");
        boolean trims = Draw.oneIn(random, 4);
        if (trims) {
            trimmed(random, add);
        }
        switch (random.nextInt(8)) {
            // Not with a limit: how such an effect is told, only a replica takes it.
            case 0 -> add.arg(Draw.bytes(trims ? "7-*" : "*"));
            case 1, 2 -> add.arg(Draw.bytes((1 + random.nextInt(200)) + "-*"));
            default -> add.arg(id(random));
        }
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            add.element().value();
        }
        return add.build();
    }

    private static CommandBuilder trimmed(Random random, CommandBuilder command) {
        boolean byLength = random.nextBoolean();
        command.word(byLength ? "maxlen" : "minid");
        boolean about = Draw.oneIn(random, 3);
        if (about || Draw.oneIn(random, 2)) {
            command.arg(Draw.bytes(about ? "~" : "="));
        }
        command.arg(byLength ? length(random) : id(random));
        if (Draw.oneIn(random, about ? 2 : 20)) {
            command.word("limit").arg(length(random));
        }
        return command;
    }

    private static byte[] length(Random random) {
        return Draw.oneIn(random, 20) ? Draw.integer(random) : Draw.bytes(Integer.toString(random.nextInt(9)));
    }

    private static void count(Random random, CommandBuilder command) {
        if (Draw.oneIn(random, 2)) {
            command.word("count").arg(length(random));
        }
    }

    private static byte[][] range(Random random) {
        boolean reverse = random.nextBoolean();
        CommandBuilder range = of(random, reverse ? "xrevrange" : "xrange")
                .key()
                .arg(bound(random, reverse ? "+" : "-"), bound(random, reverse ? "-" : "+"));
        count(random, range);
        return range.build();
    }

    private static byte[][] setId(Random random) {
        CommandBuilder set = of(random, "xsetid").key().arg(id(random));
        if (Draw.oneIn(random, 2)) {
            set.word("entriesadded").arg(Draw.integer(random));
        }
        if (Draw.oneIn(random, 3)) {
            set.word("maxdeletedid").arg(id(random));
        }
        return set.build();
    }

    private static byte[][] read(Random random) {
        CommandBuilder read = of(random, "xread");
        count(random, read);
        return streams(random, read, "$", ">");
    }

    private static byte[][] readGroup(Random random) {
        CommandBuilder read = of(random, "xreadgroup");
        boolean late = Draw.oneIn(random, 8);
        if (late) {
            count(random, read);
        }
        read.word(Draw.oneIn(random, 60) ? "grp" : "group").arg(group(random), consumer(random));
        if (!late) {
            count(random, read);
        }
        read.maybe(6, "noack");
        return streams(random, read, ">", ">");
    }

    private static byte[][] streams(Random random, CommandBuilder read, String usual, String rare) {
        int streams = Draw.oneIn(random, 4) ? 2 : 1;
        read.word("streams").keys(streams, streams);
        for (int left = streams; left > 0; left--) {
            boolean special = Draw.oneIn(random, usual.equals(">") ? 2 : 8);
            read.arg(special ? Draw.bytes(Draw.oneIn(random, 9) ? rare : usual) : history(random));
        }
        return read.build();
    }

    private static byte[] history(Random random) {
        return Draw.oneIn(random, 2) ? Draw.bytes("0") : id(random);
    }

    private static byte[] position(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Draw.bytes("$");
            case 1, 2 -> Draw.bytes("0");
            default -> id(random);
        };
    }

    private static byte[][] createGroup(Random random) {
        CommandBuilder create = of(random, "xgroup")
                .word("create")
                .key()
                .arg(group(random), position(random))
                .maybe(2, "mkstream");
        if (Draw.oneIn(random, 5)) {
            create.word("entriesread").arg(length(random));
        }
        return create.build();
    }

    private static byte[][] manageGroup(Random random) {
        CommandBuilder group = of(random, "xgroup");
        switch (random.nextInt(8)) {
            case 0 -> group.word("destroy").key().arg(group(random));
            case 1, 2 -> group.word("createconsumer").key().arg(group(random), consumer(random));
            case 3 -> group.word("delconsumer").key().arg(group(random), consumer(random));
            case 4 -> group.word("nonsense").key().arg(group(random));
            default -> {
                group.word("setid").key().arg(group(random), position(random));
                if (Draw.oneIn(random, 3)) {
                    group.word("entriesread").arg(length(random));
                }
            }
        }
        return group.build();
    }

    private static byte[][] pending(Random random) {
        CommandBuilder pending = of(random, "xpending").key().arg(group(random));
        if (Draw.oneIn(random, 3)) {
            return pending.build();
        }
        if (Draw.oneIn(random, 3)) {
            pending.word("idle").arg(Draw.of(random, MILLIS));
        }
        pending.arg(bound(random, "-"), bound(random, "+"), length(random));
        if (Draw.oneIn(random, 2)) {
            pending.arg(consumer(random));
        }
        return pending.build();
    }

    private static byte[][] claim(Random random) {
        CommandBuilder claim = of(random, "xclaim").key().arg(group(random), consumer(random), Draw.of(random, MILLIS));
        ids(random, claim, 4);
        for (int options = random.nextInt(4); options > 0; options--) {
            switch (random.nextInt(12)) {
                case 0, 1 -> claim.word("idle").arg(Draw.of(random, "0", "10000000", "-5", "99999999999999", "y"));
                case 2 -> claim.word("time").arg(Draw.of(random, "0", "10000000", "-5", "99999999999999", "y"));
                case 3, 4 -> claim.word("retrycount").arg(length(random));
                case 5, 6, 7, 8 -> claim.word("force");
                case 9, 10 -> claim.word("justid");
                default -> claim.word("lastid").arg(id(random));
            }
        }
        return claim.build();
    }

    private static byte[][] autoClaim(Random random) {
        CommandBuilder claim = of(random, "xautoclaim")
                .key()
                .arg(group(random), consumer(random), Draw.of(random, MILLIS), bound(random, "-"));
        count(random, claim);
        return claim.maybe(3, "justid").build();
    }

    private static byte[][] info(Random random) {
        CommandBuilder info = of(random, "xinfo");
        switch (random.nextInt(6)) {
            case 0, 1 -> info.word("stream").key();
            case 2, 3 -> {
                info.word("stream").key().word(Draw.oneIn(random, 20) ? "half" : "full");
                count(random, info);
            }
            case 4 -> info.word("groups").key();
            default -> info.word("consumers").key().arg(group(random));
        }
        return info.build();
    }
}
