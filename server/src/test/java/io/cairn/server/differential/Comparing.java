package io.cairn.server.differential;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How the answers to a command are compared, where not byte for byte.
 *
 * <p><i>Immutable.</i>
 */
public enum Comparing {
    /** Equal. */
    EXACTLY {
        @Override
        boolean agree(Object ours, Object theirs) {
            return ours.equals(theirs);
        }
    },
    /** Lists with the same items: the order is a hash table's. */
    UNORDERED {
        @Override
        boolean agree(Object ours, Object theirs) {
            return Answers.sorted(ours).equals(Answers.sorted(theirs));
        }
    },
    /** Lists with the same pairs. */
    PAIRS {
        @Override
        boolean agree(Object ours, Object theirs) {
            return Answers.sortedPairs(ours).equals(Answers.sortedPairs(theirs));
        }
    },
    /**
     * Equal, but for the last digit of distances: it may hang on the last bit of a sine, of which C libraries have more than
     * one opinion.
     */
    DISTANCES {
        @Override
        boolean agree(Object ours, Object theirs) {
            if (ours instanceof List<?> one && theirs instanceof List<?> other) {
                boolean agree = one.size() == other.size();
                for (int i = 0; agree && i < one.size(); i++) {
                    agree = agree(one.get(i), other.get(i));
                }
                return agree;
            }
            return ours.equals(theirs)
                    || DISTANCE.matcher(ours.toString()).matches()
                            && DISTANCE.matcher(theirs.toString()).matches()
                            && Math.abs(number(ours) - number(theirs)) < 0.00015;
        }
    },
    /** As DISTANCES, but the distances become scores; both sides forget what they stored if they do not quite agree. */
    STORED_DISTANCES {
        @Override
        boolean agree(Object ours, Object theirs) {
            if (ours instanceof List<?> one && theirs instanceof List<?> other) {
                boolean agree = one.size() == other.size();
                for (int i = 0; agree && i < one.size(); i++) {
                    boolean score = i % 2 == 1;
                    agree = one.get(i).equals(other.get(i))
                            || score && isNear(number(one.get(i)), number(other.get(i)));
                }
                return agree;
            }
            return ours.equals(theirs);
        }
    },
    /** Numbers that depend on the clock. */
    ABOUT {
        @Override
        boolean agree(Object ours, Object theirs) {
            return ours.equals(theirs)
                    || ours instanceof Long one
                            && theirs instanceof Long other
                            && one >= 0
                            && other >= 0
                            && Math.abs(one - other) <= CLOCK_TOLERANCE;
        }
    },
    /** Lists of the same length, or the same kind of answer: what is in it is chance. */
    SHAPE {
        @Override
        boolean agree(Object ours, Object theirs) {
            if (ours instanceof List<?> one && theirs instanceof List<?> other) {
                return one.size() == other.size();
            }
            return ours.equals(theirs)
                    || kind(ours).equals(kind(theirs)) && !kind(ours).equals("-");
        }
    },
    /** Only errors and the absence of one. */
    ERRORS {
        @Override
        boolean agree(Object ours, Object theirs) {
            boolean failed = kind(ours).equals("-") || kind(theirs).equals("-");
            return !failed || ours.equals(theirs);
        }
    },
    /** Equal, but for times and for what Redis tells of its tree of entries. */
    TIMELESS {
        @Override
        boolean agree(Object ours, Object theirs) {
            return Answers.timeless(ours).equals(Answers.timeless(theirs));
        }
    },
    /** As SHAPE, but what ours logged is run on the peer instead of the command: random removals. */
    EFFECTS {
        @Override
        boolean agree(Object ours, Object theirs) {
            throw new IllegalStateException("there is nothing to compare");
        }
    };

    /** Milliseconds (and, generously, seconds) that one side may be behind. */
    private static final long CLOCK_TOLERANCE = 30_000;

    private static final Pattern DISTANCE = Pattern.compile("\\$\\d+\\.\\d{4}");

    private static final Map<String, Comparing> BY_COMMAND = new TreeMap<>();

    static {
        for (String name : List.of("keys", "smembers", "sinter", "sunion", "sdiff", "hkeys", "hvals")) {
            BY_COMMAND.put(name, UNORDERED);
        }
        for (String name : List.of("ttl", "pttl", "expiretime", "pexpiretime")) {
            BY_COMMAND.put(name, ABOUT);
        }
        for (String name : List.of("randomkey", "srandmember", "hrandfield", "zrandmember")) {
            BY_COMMAND.put(name, SHAPE);
        }
        for (String name : List.of("scan", "sscan", "hscan", "zscan")) {
            BY_COMMAND.put(name, ERRORS);
        }
        BY_COMMAND.put("geodist", DISTANCES);
        BY_COMMAND.put("geosearch", DISTANCES);
        for (String name : List.of("georadius", "georadiusbymember")) {
            BY_COMMAND.put(name, DISTANCES);
            BY_COMMAND.put(name + "_ro", DISTANCES);
        }
        BY_COMMAND.put("object refcount", SHAPE);
        BY_COMMAND.put("hgetall", PAIRS);
        BY_COMMAND.put("spop", EFFECTS);
        BY_COMMAND.put("dump", SHAPE);
        BY_COMMAND.put("xinfo", TIMELESS);
        BY_COMMAND.put("xpending", TIMELESS);
    }

    abstract boolean agree(Object ours, Object theirs);

    /** How answers to a command are compared. */
    static Comparing of(byte[]... args) {
        if (isUnsorted(args)) {
            return UNORDERED;
        }
        if (word(args[0]).startsWith("geo") && has("storedist", args)) {
            return STORED_DISTANCES;
        }
        // An id that is the clock's. What is logged of a limit, only a replica takes; generators draw either.
        if (word(args[0]).equals("xadd") && has("*", args) && !has("limit", args)) {
            return EFFECTS;
        }
        Comparing byName = BY_COMMAND.getOrDefault(word(args[0]), EXACTLY);
        return args.length > 1 ? BY_COMMAND.getOrDefault(word(args[0]) + " " + word(args[1]), byName) : byName;
    }

    /** SORT of a set that stays unsorted gives the order of a hash table. */
    private static boolean isUnsorted(byte[]... args) {
        return word(args[0]).startsWith("sort") && has("nosort", args);
    }

    private static boolean has(String word, byte[]... args) {
        return Arrays.stream(args).anyMatch(arg -> word(arg).equals(word));
    }

    private static boolean isNear(double one, double other) {
        return Math.abs(one - other) <= 1e-12 * Math.max(one, other);
    }

    /** The number that a string is. */
    private static double number(Object answer) {
        return Double.parseDouble(answer.toString().substring(1));
    }

    private static String word(byte[] arg) {
        return new String(arg, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    private static String kind(Object answer) {
        return answer instanceof String text
                ? text.equals(Subject.NIL) ? text : text.substring(0, 1)
                : answer.getClass().getName();
    }
}
