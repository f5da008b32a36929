package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws commands on sets.
 *
 * <p><i>Thread-safe.</i>
 */
final class SetGenerator implements CommandGenerator {
    private static final String[] KEYS = {"set", "a", "b", "c", "{tag}x"};

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(36)) {
            case 0, 1, 2, 3 -> members(of(random, "sadd"), random, 6).build();
            case 4, 5 -> integers(of(random, "sadd"), random, 40).build();
            case 6 -> integers(of(random, "sadd"), random, 400).build();
            case 7 -> members(of(random, "sadd"), random, 60).build();
            case 8, 9 -> members(of(random, "srem"), random, 6).build();
            case 10 -> integers(of(random, "srem"), random, 400).build();
            case 11, 12 ->
                of(random, "smove").arg(key(random)).arg(member(random)).build();
            case 13 -> of(random, "sismember").arg(member(random)).build();
            case 14 -> members(of(random, "smismember"), random, 8).build();
            case 15 -> of(random, "scard").build();
            case 16, 17 -> of(random, "smembers").build();
            case 18, 19 -> pop(random);
            case 20, 21 -> draw(random);
            case 22 -> HashGenerator.options(of(random, "sscan"), random).build();
            case 23, 24 -> sources(CommandBuilder.of(random, "sinter"), random).build();
            case 25 -> sources(CommandBuilder.of(random, "sunion"), random).build();
            case 26, 27 -> sources(CommandBuilder.of(random, "sdiff"), random).build();
            case 28, 29 -> count(random);
            case 30 -> sources(of(random, "sinterstore"), random).build();
            case 31 -> sources(of(random, "sunionstore"), random).build();
            case 32 -> sources(of(random, "sdiffstore"), random).build();
            case 33 ->
                members(of(random, "sadd").arg(Draw.bytes("z".repeat(64 + random.nextInt(2)))), random, 2)
                        .build();
            default -> CommandBuilder.of(random, "del").arg(key(random)).build();
        };
    }

    private static byte[] key(Random random) {
        return Draw.oneIn(random, 5) ? Draw.key(random) : Draw.of(random, KEYS);
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name).arg(key(random));
    }

    private static byte[] member(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Draw.value(random);
            case 1 -> Draw.word(random);
            default -> Draw.bytes(Integer.toString(random.nextInt(50)));
        };
    }

    private static CommandBuilder members(CommandBuilder command, Random random, int most) {
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            command.arg(member(random));
        }
        return command;
    }

    private static CommandBuilder integers(CommandBuilder command, Random random, int most) {
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            command.arg(Draw.bytes(Integer.toString(random.nextInt(2 * most) - most / 2)));
        }
        return command;
    }

    private static CommandBuilder sources(CommandBuilder command, Random random) {
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            command.arg(key(random));
        }
        return command;
    }

    private static byte[][] count(Random random) {
        int keys = 1 + random.nextInt(3);
        CommandBuilder command = CommandBuilder.of(random, "sintercard")
                .arg(Draw.oneIn(random, 12) ? Draw.index(random) : Draw.bytes(Integer.toString(keys)));
        for (int i = 0; i < keys; i++) {
            command.arg(key(random));
        }
        if (Draw.oneIn(random, 2)) {
            command.word("limit").arg(Draw.oneIn(random, 4) ? Draw.index(random) : Draw.bytes("3"));
        }
        return command.build();
    }

    private static byte[][] pop(Random random) {
        CommandBuilder command = of(random, "spop");
        return Draw.oneIn(random, 2)
                ? command.build()
                : command.arg(HashGenerator.count(random)).build();
    }

    /** Without a count nothing is added by mischief: it could be a count that keeps a server busy for hours. */
    private static byte[][] draw(Random random) {
        return Draw.oneIn(random, 2)
                ? new byte[][] {Draw.anyCase(random, "srandmember"), key(random)}
                : of(random, "srandmember").arg(HashGenerator.count(random)).build();
    }
}
