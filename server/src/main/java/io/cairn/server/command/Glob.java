package io.cairn.server.command;

import java.util.Arrays;

/**
 * Patterns of KEYS, SCAN, PSUBSCRIBE and CONFIG GET, matched byte for byte as Redis does.
 *
 * <pre>
 *   ?        any byte                  *       any bytes, none too
 *   [abc]    one of these              [a-c]   one of this range (either way round)
 *   [^abc]   none of these             \x      x itself, in brackets too
 * </pre>
 *
 * A bracket that is never closed reaches to the end of the pattern; a backslash at the very end stands for itself.
 * Ranges compare bytes as signed. The empty text matches the empty pattern alone.
 *
 * <p><i>Immutable.</i>
 */
public final class Glob {
    private final byte[] pattern;

    /** A pattern; the array must not be changed. */
    public Glob(byte[] pattern) {
        this.pattern = pattern;
    }

    /** Whether everything matches. */
    public boolean matchesAll() {
        return pattern.length == 1 && pattern[0] == '*';
    }

    /** The bytes that every match begins with. */
    public byte[] prefix() {
        byte[] prefix = new byte[pattern.length];
        int length = 0;
        for (int at = 0; at < pattern.length; at++) {
            byte b = pattern[at];
            if (b == '*' || b == '?' || b == '[') {
                break;
            }
            if (b == '\\' && at + 1 < pattern.length) {
                at++;
            }
            prefix[length++] = pattern[at];
        }
        return Arrays.copyOf(prefix, length);
    }

    /** Whether {@code text} as a whole matches. */
    public boolean matches(byte[] text) {
        return matches(text, false);
    }

    /** As {@link #matches(byte[])}, ASCII letters in either case. */
    public boolean matchesIgnoringCase(byte[] text) {
        return matches(text, true);
    }

    /**
     * One loop with one point to go back to: when a byte does not match, the latest star takes one byte more. Earlier
     * stars need not change, since the latest one could take whatever they would.
     */
    private boolean matches(byte[] text, boolean ignoreCase) {
        if (text.length == 0) {
            return pattern.length == 0;
        }
        int p = 0;
        int t = 0;
        int starPattern = -1;
        int starText = 0;
        while (true) {
            if (p < pattern.length && pattern[p] == '*') {
                starPattern = ++p;
                starText = t;
                continue;
            }
            int next = p < pattern.length && t < text.length ? matchOne(p, text[t], ignoreCase) : -1;
            if (next >= 0) {
                p = next;
                t++;
            } else if (p >= pattern.length && t == text.length) {
                return true;
            } else if (starPattern >= 0 && starText < text.length) {
                p = starPattern;
                t = ++starText;
            } else {
                return false;
            }
        }
    }

    /** Index behind the element at {@code p} if it matches the byte, else -1. */
    private int matchOne(int p, byte b, boolean ignoreCase) {
        return switch (pattern[p]) {
            case '?' -> p + 1;
            case '[' -> matchBracket(p + 1, b, ignoreCase);
            case '\\' -> matchLiteral(p + 1 < pattern.length ? p + 1 : p, b, ignoreCase);
            default -> matchLiteral(p, b, ignoreCase);
        };
    }

    private int matchLiteral(int p, byte b, boolean ignoreCase) {
        return fold(pattern[p], ignoreCase) == fold(b, ignoreCase) ? p + 1 : -1;
    }

    private int matchBracket(int from, byte b, boolean ignoreCase) {
        int p = from;
        boolean negated = p < pattern.length && pattern[p] == '^';
        if (negated) {
            p++;
        }
        int c = fold(b, ignoreCase);
        boolean found = false;
        while (p < pattern.length && pattern[p] != ']') {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                found |= pattern[p + 1] == b;
                p += 2;
            } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                int low = fold(pattern[p], ignoreCase);
                int high = fold(pattern[p + 2], ignoreCase);
                found |= Math.min(low, high) <= c && c <= Math.max(low, high);
                p += 3;
            } else {
                found |= fold(pattern[p], ignoreCase) == c;
                p++;
            }
        }
        int end = Math.min(p + 1, pattern.length);
        return found != negated ? end : -1;
    }

    private static int fold(byte b, boolean ignoreCase) {
        int c = b;
        return ignoreCase && c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
}
