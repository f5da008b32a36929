package io.cairn.server.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Where a command's keys are among its arguments, as COMMAND INFO describes it, and what happens to them.
 *
 * <p>{@code begin} is the index of the first key (or, for {@link Find#COUNT}, of the number of keys). Range: from begin
 * to {@code last} (negative counts from the end: -1 is the last argument) every {@code step}. Count: the number of keys
 * stands at {@code begin}, the keys follow it. Keyword: a key (all, if {@code last} is -1) follows the word {@code keyword}
 * (else empty), which stands at {@code begin} or behind. Half: of what follows the keyword, the first half are keys.
 *
 * <p><i>Immutable.</i>
 */
public record KeySpec(Find find, String keyword, int begin, int last, int step, Set<Access> access) {
    /** How the keys are found. */
    public enum Find {
        RANGE,
        COUNT,
        KEYWORD,
        HALF
    }

    /** What happens to the keys, under the names that COMMAND INFO gives. */
    public enum Access {
        RO,
        RW,
        OW,
        RM,
        ACCESS,
        UPDATE,
        INSERT,
        DELETE,
        NOT_KEY,
        INCOMPLETE,
        VARIABLE_FLAGS;

        /** The name in replies of COMMAND. */
        public String wireName() {
            return this == VARIABLE_FLAGS || this == NOT_KEY
                    ? name().toLowerCase(Locale.ROOT)
                    : compareTo(ACCESS) < 0 ? name() : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Keys from {@code first} to {@code last} (negative: from the end) every {@code step} arguments. */
    public static KeySpec range(int first, int last, int step, Access... access) {
        return new KeySpec(Find.RANGE, "", first, last, step, set(access));
    }

    /** One key at {@code index}. */
    public static KeySpec one(int index, Access... access) {
        return range(index, index, 1, access);
    }

    /** A number of keys at {@code index}, the keys behind it. */
    public static KeySpec count(int index, Access... access) {
        return new KeySpec(Find.COUNT, "", index, 0, 1, set(access));
    }

    /** The key behind a word, which is looked for from {@code index} on. */
    public static KeySpec keyword(String word, int index, Access... access) {
        return new KeySpec(Find.KEYWORD, word, index, 0, 1, set(access));
    }

    /**
     * All behind a word, which is looked for from {@code index} on; to COMMAND, a negative index counts from the end. The
     * first such word counts here: the last may be a key.
     */
    public static KeySpec rest(String word, int index, Access... access) {
        return new KeySpec(Find.KEYWORD, word, index, -1, 1, set(access));
    }

    /** The keys behind a word, which is looked for from {@code index} on: the first half of what follows. */
    public static KeySpec half(String word, int index, Access... access) {
        return new KeySpec(Find.HALF, word, index, -1, 1, set(access));
    }

    /** Whether the keys stand behind a keyword. */
    public boolean isKeyword() {
        return find == Find.KEYWORD || find == Find.HALF;
    }

    /** Which part of what follows a keyword are keys: one in so many; 0 where that is not the question. */
    public int limit() {
        return find == Find.HALF ? 2 : 0;
    }

    private static Set<Access> set(Access... access) {
        return Set.copyOf(new TreeSet<>(List.of(access)));
    }

    /**
     * Adds the indices of the keys in {@code args} to {@code into}; malformed calls give none, the handler refuses. What
     * stands behind a keyword is a key each time the word is there: the handler decides which of them counts.
     */
    public void collect(byte[][] args, List<Integer> into) {
        if (find == Find.RANGE) {
            int end = last < 0 ? args.length + last : last;
            for (int index = begin; index <= end && index < args.length; index += step) {
                into.add(index);
            }
            return;
        }
        if (isKeyword()) {
            for (int index = Math.max(begin, 1); index < args.length - 1; index++) {
                if (isKeyword(args[index])) {
                    if (find == Find.HALF) {
                        addAll(into, index + 1, index + 1 + (args.length - 1 - index) / 2);
                        continue;
                    }
                    into.add(index + 1);
                    if (last < 0) {
                        IntStream.range(index + 2, args.length).forEach(into::add);
                        return;
                    }
                }
            }
            return;
        }
        if (begin >= args.length) {
            return;
        }
        long count = Numbers.parseLongOr(args[begin], 0);
        for (long index = begin + 1L; index <= begin + count && index < args.length; index++) {
            into.add((int) index);
        }
    }

    private static void addAll(List<Integer> into, int from, int to) {
        for (int index = from; index < to; index++) {
            if (!into.contains(index)) {
                into.add(index);
            }
        }
    }

    private boolean isKeyword(byte[] arg) {
        return arg.length == keyword.length() && new String(arg, StandardCharsets.ISO_8859_1).equalsIgnoreCase(keyword);
    }

    /** Indices of all keys that the specs name in {@code args}. */
    public static List<Integer> keys(List<KeySpec> specs, byte[][] args) {
        List<Integer> indices = new ArrayList<>(args.length);
        for (KeySpec spec : specs) {
            spec.collect(args, indices);
        }
        return indices;
    }
}
