package io.cairn.engine.entry;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A library of functions: its code, and what the first line of the code says of it.
 *
 * <pre>
 *   code  := "#!" engine " name=" name "\n" anything
 * </pre>
 *
 * Words of the first line may stand in quotes. What the code does, and which functions it registers, is not looked at.
 *
 * <p><i>Immutable.</i>
 *
 * @param name letters, digits and underscores
 * @param engine in capitals; {@code LUA} is the only one
 */
public record FunctionLibrary(String name, String engine, byte[] code) {
    private static final String NAME = "name=";

    /**
     * Reads the first line.
     *
     * @throws IllegalArgumentException if it does not hold; the message is Redis's
     */
    public static FunctionLibrary of(byte[] code) {
        if (code.length < 2 || code[0] != '#' || code[1] != '!') {
            throw new IllegalArgumentException("Missing library metadata");
        }
        int end = 0;
        while (end < code.length && code[end] != '\n' && code[end] != 0) {
            end++;
        }
        if (end == code.length || code[end] == 0) {
            throw new IllegalArgumentException("Invalid library metadata");
        }
        List<String> words = words(new String(code, 0, end, StandardCharsets.ISO_8859_1));
        if (words.isEmpty()) {
            throw new IllegalArgumentException("Invalid library metadata");
        }
        String name = name(words.subList(1, words.size()));
        if (!name.matches("[A-Za-z0-9_]+")) {
            throw new IllegalArgumentException("Library names can only contain letters, numbers, or underscores(_) and"
                    + " must be at least one character long");
        }
        String engine = words.get(0).substring(2);
        if (!engine.equalsIgnoreCase("lua")) {
            throw new IllegalArgumentException("Engine '" + engine + "' not found");
        }
        return new FunctionLibrary(name, engine.toUpperCase(Locale.ROOT), code);
    }

    /** What an engine compiles: the code from the end of its first line on, so that lines keep their numbers. */
    public byte[] body() {
        int end = 0;
        while (code[end] != '\n') {
            end++;
        }
        return Arrays.copyOfRange(code, end, code.length);
    }

    private static String name(List<String> values) {
        String name = null;
        for (String value : values) {
            boolean isName = value.regionMatches(true, 0, NAME, 0, NAME.length());
            if (!isName) {
                throw new IllegalArgumentException("Invalid metadata value given: " + value);
            }
            if (name != null) {
                throw new IllegalArgumentException("Invalid metadata value, name argument was given multiple times");
            }
            name = value.substring(NAME.length());
        }
        if (name == null) {
            throw new IllegalArgumentException("Library name was not given");
        }
        return name;
    }

    /** The words of a line; quotes are taken away, and what they hold is one word with what stands before. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int at = 0; at < line.length(); at++) {
            char c = line.charAt(at);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                begun = true;
            } else if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            return List.of();
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
