package io.cairn.server.crash;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What a {@link Writer} asks for at once: some commands, and what they do to the model.
 *
 * <p><i>Immutable.</i>
 *
 * @param db database
 * @param commands to be sent one after another; more than one only as MULTI ... EXEC
 * @param effect on the model
 */
record Operation(int db, List<Object[]> commands, Consumer<Model> effect) {
    /** A time at which no test runs any more. */
    private static final long FAR_MILLIS = 4_102_444_800_000L;

    private static final int NAMES = 3;

    /**
     * Draws an operation for one writer.
     *
     * @param prefix of all its keys
     * @param scratch the first of two databases that are its own
     */
    static Operation draw(SplittableRandom random, String prefix, int scratch) {
        int kind = random.nextInt(100);
        if (kind < 4) {
            return databases(random, prefix, scratch);
        }
        if (kind < 10) {
            return pair(random, prefix);
        }
        if (kind < 16) {
            return unpredictable(random, prefix);
        }
        if (kind < 26) {
            return keys(random, prefix);
        }
        return switch (kind % 5) {
            case 0 -> strings(random, prefix);
            case 1 -> lists(random, prefix);
            case 2 -> sets(random, prefix);
            case 3 -> hashes(random, prefix);
            default -> sortedSets(random, prefix);
        };
    }

    private static Operation one(int db, Consumer<Model> effect, Object... command) {
        return new Operation(db, List.<Object[]>of(command), effect);
    }

    private static Operation one(Consumer<Model> effect, Object... command) {
        return one(0, effect, command);
    }

    private static String at(String key) {
        return "0/" + key;
    }

    private static Operation databases(SplittableRandom random, String prefix, int scratch) {
        int db = scratch + random.nextInt(2);
        String key = prefix + random.nextInt(NAMES);
        String here = db + "/" + key;
        return switch (random.nextInt(6)) {
            case 0 -> one(db, model -> model.flush(Integer.toString(db)), "FLUSHDB");
            case 1 ->
                one(
                        db,
                        model -> model.swap(Integer.toString(scratch), Integer.toString(scratch + 1)),
                        "SWAPDB",
                        scratch,
                        scratch + 1);
            case 2 -> {
                String[] words = words(random, 30);
                yield one(
                        db,
                        model -> List.of(words).forEach(model.list(here + "l")::add),
                        push("RPUSH", key + "l", words));
            }
            default -> {
                String value = word(random);
                yield one(db, model -> model.set(here, value, -1), "SET", key, value);
            }
        };
    }

    /** Two counters that are equal whenever anybody looks. */
    private static Operation pair(SplittableRandom random, String prefix) {
        String one = "p" + prefix + "one";
        String other = "p" + prefix + "other";
        String journal = "p" + prefix + "journal";
        String word = word(random);
        List<Object[]> commands = List.of(
                new Object[] {"MULTI"},
                new Object[] {"INCR", one},
                new Object[] {"RPUSH", journal, word},
                new Object[] {"LTRIM", journal, -20, -1},
                new Object[] {"INCR", other},
                new Object[] {"EXEC"});
        return new Operation(0, commands, model -> {
            model.increment(at(one), 1);
            model.increment(at(other), 1);
            List<String> list = model.list(at(journal));
            list.add(word);
            if (list.size() > 20) {
                list.remove(0);
            }
        });
    }

    /** What depends on time or chance: only log and store must agree on it. */
    private static Operation unpredictable(SplittableRandom random, String prefix) {
        String key = "x" + prefix + random.nextInt(NAMES);
        return switch (random.nextInt(5)) {
            case 0 -> one(model -> {}, "SET", key + "s", word(random), "PX", 1 + random.nextInt(300));
            case 1 -> one(model -> {}, push("SADD", key + "t", words(random, 30)));
            case 2 -> one(model -> {}, "SPOP", key + "t", 1 + random.nextInt(4));
            case 3 -> one(model -> {}, "PEXPIRE", key + "t", 1 + random.nextInt(300));
            default -> one(model -> {}, "INCRBYFLOAT", key + "f", "0.1");
        };
    }

    private static final String KINDS = "slthzb";

    private static Operation keys(SplittableRandom random, String prefix) {
        char kind = KINDS.charAt(random.nextInt(KINDS.length()));
        String key = kind + prefix + random.nextInt(NAMES);
        return switch (random.nextInt(6)) {
            case 0 -> one(model -> model.delete(at(key)), "DEL", key);
            case 1 -> one(model -> model.delete(at(key)), "UNLINK", key);
            case 2, 3 -> {
                long due = FAR_MILLIS + random.nextInt(1000);
                yield one(model -> model.expireAt(at(key), due), "PEXPIREAT", key, due);
            }
            case 4 -> one(model -> model.expireAt(at(key), -1), "PERSIST", key);
            default -> {
                String to = kind + prefix + random.nextInt(NAMES);
                yield to.equals(key)
                        ? one(model -> model.delete(at(key)), "DEL", key)
                        : one(model -> model.copy(at(key), at(to)), "COPY", key, to, "REPLACE");
            }
        };
    }

    private static Operation strings(SplittableRandom random, String prefix) {
        String key = "s" + prefix + random.nextInt(NAMES);
        String big = "b" + prefix + random.nextInt(NAMES);
        String counter = "n" + prefix + random.nextInt(NAMES);
        String value = word(random);
        return switch (random.nextInt(9)) {
            case 0, 1 -> one(model -> model.set(at(key), value, -1), "SET", key, value);
            case 2 -> one(model -> model.set(at(key), value, FAR_MILLIS), "SET", key, value, "PXAT", FAR_MILLIS);
            case 3, 4, 5 -> {
                long by = random.nextInt(-5, 100);
                yield one(model -> model.increment(at(counter), by), "INCRBY", counter, by);
            }
            case 6 -> {
                String long1 = value.repeat(1 + random.nextInt(random.nextInt(10) == 0 ? 8000 : 100));
                yield one(model -> model.set(at(big), long1, -1), "SET", big, long1);
            }
            case 7 -> one(model -> model.replace(at(big), model.string(at(big)) + value), "APPEND", big, value);
            default -> {
                int start = random.nextInt(random.nextInt(10) == 0 ? 60_000 : 2000);
                yield one(model -> model.setRange(at(big), start, value), "SETRANGE", big, start, value);
            }
        };
    }

    private static Operation lists(SplittableRandom random, String prefix) {
        String key = "l" + prefix + random.nextInt(NAMES);
        String other = "l" + prefix + random.nextInt(NAMES);
        String[] words = words(random, 20);
        return switch (random.nextInt(7)) {
            case 0, 1, 2 -> one(model -> model.list(at(key)).addAll(List.of(words)), push("RPUSH", key, words));
            case 3 ->
                one(
                        model -> List.of(words)
                                .forEach(word -> model.list(at(key)).add(0, word)),
                        push("LPUSH", key, words));
            case 4 -> {
                int count = 1 + random.nextInt(10);
                yield one(
                        model -> {
                            List<String> list = model.list(at(key));
                            list.subList(0, Math.min(count, list.size())).clear();
                            model.tidy(at(key));
                        },
                        "LPOP",
                        key,
                        count);
            }
            case 5 ->
                one(
                        model -> {
                            List<String> list = model.list(at(key));
                            list.subList(0, Math.max(0, list.size() - 50)).clear();
                            model.tidy(at(key));
                        },
                        "LTRIM",
                        key,
                        -50,
                        -1);
            default ->
                one(
                        model -> {
                            List<String> list = model.list(at(key));
                            if (!list.isEmpty()) {
                                model.list(at(other)).add(list.remove(0));
                            }
                            model.tidy(at(key));
                        },
                        "LMOVE",
                        key,
                        other,
                        "LEFT",
                        "RIGHT");
        };
    }

    private static Operation sets(SplittableRandom random, String prefix) {
        String key = "t" + prefix + random.nextInt(NAMES);
        String other = "t" + prefix + random.nextInt(NAMES);
        String[] words = words(random, 15);
        return switch (random.nextInt(5)) {
            case 0, 1, 2 -> one(model -> model.set(at(key)).addAll(List.of(words)), push("SADD", key, words));
            case 3 ->
                one(
                        model -> {
                            List.of(words).forEach(model.set(at(key))::remove);
                            model.tidy(at(key));
                        },
                        push("SREM", key, words));
            default ->
                one(
                        model -> {
                            if (model.set(at(key)).remove(words[0])) {
                                model.set(at(other)).add(words[0]);
                            }
                            model.tidy(at(key));
                        },
                        "SMOVE",
                        key,
                        other,
                        words[0]);
        };
    }

    private static Operation hashes(SplittableRandom random, String prefix) {
        String key = "h" + prefix + random.nextInt(NAMES);
        String[] words = words(random, 10);
        if (random.nextInt(4) == 0) {
            return one(
                    model -> {
                        List.of(words).forEach(model.hash(at(key))::remove);
                        model.tidy(at(key));
                    },
                    push("HDEL", key, words));
        }
        Object[] command = new Object[2 + 2 * words.length];
        command[0] = "HSET";
        command[1] = key;
        for (int i = 0; i < words.length; i++) {
            command[2 + 2 * i] = words[i];
            command[3 + 2 * i] = words[words.length - 1 - i];
        }
        return one(
                model -> {
                    Map<String, String> hash = model.hash(at(key));
                    for (int i = 0; i < words.length; i++) {
                        hash.put(words[i], words[words.length - 1 - i]);
                    }
                },
                command);
    }

    private static Operation sortedSets(SplittableRandom random, String prefix) {
        String key = "z" + prefix + random.nextInt(NAMES);
        String[] words = words(random, 6);
        long score = random.nextInt(50);
        return switch (random.nextInt(5)) {
            case 0, 1 -> one(model -> model.sorted(at(key)).put(words[0], score), "ZADD", key, score, words[0]);
            case 2, 3 ->
                one(model -> model.sorted(at(key)).merge(words[0], score, Long::sum), "ZINCRBY", key, score, words[0]);
            default ->
                one(
                        model -> {
                            List.of(words).forEach(model.sorted(at(key))::remove);
                            model.tidy(at(key));
                        },
                        push("ZREM", key, words));
        };
    }

    private static Object[] push(String name, String key, String[] words) {
        Object[] command = new Object[2 + words.length];
        command[0] = name;
        command[1] = key;
        System.arraycopy(words, 0, command, 2, words.length);
        return command;
    }

    private static String[] words(SplittableRandom random, int most) {
        String[] words = new String[1 + random.nextInt(most)];
        for (int i = 0; i < words.length; i++) {
            words[i] = word(random);
        }
        return words;
    }

    /** One of not too many, so that elements meet. */
    private static String word(SplittableRandom random) {
        return random.nextInt(8) == 0 ? Integer.toString(random.nextInt(20)) : "word" + random.nextInt(60);
    }
}
