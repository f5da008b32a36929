package io.cairn.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one directive: its name, what values it takes, whether they may change while the server runs, what
 * it means. Parsing, CONFIG, {@code conf/cairn.conf} and the table in {@code docs/operations.md} follow from it.
 *
 * <p>A value is kept as CONFIG GET replies it: {@code yes}/{@code no}, decimal numbers, bytes for memory sizes.
 *
 * <p><i>Immutable.</i>
 *
 * @param aliases older names that mean the same
 * @param effect what became of a directive of Redis that means little here: empty for those in full force
 */
public record Directive(
        String name,
        List<String> aliases,
        Kind kind,
        String defaultValue,
        long min,
        long max,
        List<String> choices,
        boolean mutable,
        String section,
        String doc,
        String effect) {
    /** What values a directive takes. */
    public enum Kind {
        YES_NO,
        INTEGER,
        /** Bytes, with units: {@code 100mb} is 1024-based, {@code 100m} 1000-based. */
        MEMORY,
        /** One word, perhaps empty. */
        TEXT,
        CHOICE,
        /** Any number of words. */
        WORDS,
        /** {@code seconds changes} pairs; further lines add, an empty string clears. */
        SAVE_POINTS,
        /** Letters of {@link EventClasses}, normalised. */
        EVENTS,
        /** {@code class hard soft seconds}; a line or word group changes one class. */
        OUTPUT_LIMITS
    }

    private static final List<String> CLIENT_CLASSES = List.of("normal", "slave", "pubsub");

    /** Starts a declaration. */
    static Builder of(Kind kind, String name, String defaultValue) {
        return new Builder(kind, name, defaultValue);
    }

    /**
     * The value that words stand for.
     *
     * @param current the value so far, for directives that add to it
     */
    String parse(List<String> words, String current) {
        return switch (kind) {
            case WORDS -> String.join(" ", words);
            case SAVE_POINTS -> savePoints(words, current);
            case OUTPUT_LIMITS -> outputLimits(words, current);
            default -> {
                if (words.size() != 1) {
                    throw new ConfigException("wrong number of arguments");
                }
                yield parseOne(words.get(0));
            }
        };
    }

    private String parseOne(String word) {
        return switch (kind) {
            case YES_NO -> {
                String lower = word.toLowerCase(Locale.ROOT);
                if (!lower.equals("yes") && !lower.equals("no")) {
                    throw new ConfigException("argument must be 'yes' or 'no'");
                }
                yield lower;
            }
            case INTEGER -> Long.toString(inRange(integer(word)));
            case MEMORY -> Long.toString(inRange(bytes(word)));
            case EVENTS -> EventClasses.parse(word).letters();
            case CHOICE -> {
                String lower = word.toLowerCase(Locale.ROOT);
                if (!choices.contains(lower)) {
                    throw new ConfigException(
                            "argument(s) must be one of the following: " + String.join(", ", choices));
                }
                yield lower;
            }
            default -> word;
        };
    }

    private long inRange(long value) {
        if (value < min || value > max) {
            throw new ConfigException("argument must be between " + min + " and " + max + " inclusive");
        }
        return value;
    }

    private static long integer(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new ConfigException("argument couldn't be parsed into an integer");
        }
    }

    /** Bytes of a memory size, {@code 1gb}. */
    static long bytes(String word) {
        int digits = 0;
        while (digits < word.length() && Character.isDigit(word.charAt(digits))) {
            digits++;
        }
        long unit = switch (word.substring(digits).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1L;
            case "k" -> 1000L;
            case "kb" -> 1L << 10;
            case "m" -> 1_000_000L;
            case "mb" -> 1L << 20;
            case "g" -> 1_000_000_000L;
            case "gb" -> 1L << 30;
            default -> 0L;
        };
        if (digits == 0 || digits > 18 || unit == 0) {
            throw new ConfigException("argument must be a memory value");
        }
        try {
            return Math.multiplyExact(Long.parseLong(word.substring(0, digits)), unit);
        } catch (ArithmeticException e) {
            throw new ConfigException("argument must be a memory value");
        }
    }

    private static String savePoints(List<String> words, String current) {
        List<String> flat = flat(words);
        if (flat.isEmpty()) {
            return "";
        }
        if (flat.size() % 2 != 0) {
            throw new ConfigException("Invalid save parameters");
        }
        for (int i = 0; i < flat.size(); i += 2) {
            try {
                if (Long.parseLong(flat.get(i)) >= 1 && Long.parseLong(flat.get(i + 1)) >= 0) {
                    continue;
                }
                throw new ConfigException("Invalid save parameters");
            } catch (NumberFormatException e) {
                throw new ConfigException("Invalid save parameters");
            }
        }
        String added = String.join(" ", flat);
        return current.isEmpty() ? added : current + " " + added;
    }

    private static String outputLimits(List<String> words, String current) {
        List<String> flat = flat(words);
        if (flat.isEmpty() || flat.size() % 4 != 0) {
            throw new ConfigException("Wrong number of arguments in buffer limit configuration.");
        }
        List<String> merged = new ArrayList<>(flat(List.of(current)));
        for (int i = 0; i < flat.size(); i += 4) {
            String type = flat.get(i).toLowerCase(Locale.ROOT);
            int at = CLIENT_CLASSES.indexOf(type.equals("replica") ? "slave" : type) * 4;
            if (at < 0) {
                throw new ConfigException("Invalid client class specified in buffer limit configuration.");
            }
            try {
                merged.set(at + 1, Long.toString(bytes(flat.get(i + 1))));
                merged.set(at + 2, Long.toString(bytes(flat.get(i + 2))));
                merged.set(at + 3, Long.toString(integer(flat.get(i + 3))));
            } catch (ConfigException e) {
                throw new ConfigException("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
            }
        }
        return String.join(" ", merged);
    }

    private static List<String> flat(List<String> words) {
        List<String> flat = new ArrayList<>();
        for (String word : words) {
            for (String part : word.split(" ")) {
                if (!part.isEmpty()) {
                    flat.add(part);
                }
            }
        }
        return flat;
    }

    /** Whether further lines of the file add to the value instead of replacing it. */
    boolean accumulates() {
        return kind == Kind.SAVE_POINTS || kind == Kind.OUTPUT_LIMITS;
    }

    /** The value in words of the file, one element a line. */
    List<String> lines(String value) {
        if (kind == Kind.SAVE_POINTS || kind == Kind.OUTPUT_LIMITS) {
            List<String> flat = flat(List.of(value));
            int group = kind == Kind.SAVE_POINTS ? 2 : 4;
            List<String> lines = new ArrayList<>();
            for (int i = 0; i + group <= flat.size(); i += group) {
                lines.add(String.join(" ", flat.subList(i, i + group)));
            }
            return lines.isEmpty() ? List.of("\"\"") : lines;
        }
        if (kind == Kind.WORDS) {
            return value.isEmpty() ? List.of("\"\"") : List.of(value);
        }
        return List.of(kind == Kind.MEMORY ? memory(Long.parseLong(value)) : quoted(value));
    }

    /** A memory size with the largest unit that divides it. */
    static String memory(long bytes) {
        if (bytes > 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "gb";
        }
        if (bytes > 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + "mb";
        }
        if (bytes > 0 && bytes % (1L << 10) == 0) {
            return (bytes >> 10) + "kb";
        }
        return Long.toString(bytes);
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '"' && c != '\'');
        if (plain) {
            return value;
        }
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> text.append(c);
            }
        }
        return text.append('"').toString();
    }

    /** Collects a declaration. */
    static final class Builder {
        private final Kind kind;
        private final String name;
        private final String defaultValue;
        private List<String> aliases = List.of();
        private List<String> choices = List.of();
        private long min;
        private long max = Long.MAX_VALUE;
        private boolean mutable = true;
        private String effect = "";

        private Builder(Kind kind, String name, String defaultValue) {
            this.kind = kind;
            this.name = name;
            this.defaultValue = defaultValue;
        }

        Builder aliases(String... names) {
            aliases = List.of(names);
            return this;
        }

        Builder choices(String... values) {
            choices = List.of(values);
            return this;
        }

        Builder range(long from, long to) {
            min = from;
            max = to;
            return this;
        }

        Builder fixed() {
            mutable = false;
            return this;
        }

        Builder effect(String text) {
            effect = text;
            return this;
        }

        Directive build(String section, String doc) {
            return new Directive(name, aliases, kind, defaultValue, min, max, choices, mutable, section, doc, effect);
        }
    }

    /** The value range in words, for documentation; null if anything goes. */
    public @Nullable String range() {
        return switch (kind) {
            case YES_NO -> "yes, no";
            case CHOICE -> String.join(", ", choices);
            case INTEGER -> max == Long.MAX_VALUE ? min + " or more" : min + " to " + max;
            case MEMORY -> "bytes, kb, mb, gb";
            default -> null;
        };
    }
}
