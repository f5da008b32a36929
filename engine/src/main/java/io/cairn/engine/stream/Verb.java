package io.cairn.engine.stream;

/**
 * Commands that the stream itself consists of, beside those that change data.
 *
 * <p><i>Immutable.</i>
 */
enum Verb {
    /** Selects the database of what follows. */
    SELECT("select"),
    /** Begins a transaction. */
    MULTI("multi"),
    /** Ends a transaction. */
    EXEC("exec"),
    /** Says that the primary lives. */
    PING("ping"),
    /** Asks for an acknowledgement, or is of no concern. */
    REPLCONF("replconf"),
    /** A bare line feed, or an array without elements. */
    NONE(""),
    /** Every other command. */
    OTHER("");

    /** Length of the longest word. */
    static final int LONGEST = 8;

    private static final int MAX_DIGITS = 10;

    private final String word;

    Verb(String word) {
        this.word = word;
    }

    /** What the first {@code length} bytes of {@code name} are, in whatever case. */
    static Verb of(byte[] name, int length) {
        return switch (length) {
            case 0 -> NONE;
            case 4 -> is(name, PING) ? PING : is(name, EXEC) ? EXEC : OTHER;
            case 5 -> is(name, MULTI) ? MULTI : OTHER;
            case 6 -> is(name, SELECT) ? SELECT : OTHER;
            case LONGEST -> is(name, REPLCONF) ? REPLCONF : OTHER;
            default -> OTHER;
        };
    }

    static Verb of(byte[][] args) {
        return args.length == 0 ? NONE : of(args[0], args[0].length);
    }

    private static boolean is(byte[] name, Verb verb) {
        return is(name, verb.word);
    }

    /** Whether the first bytes are that word, in whatever case. */
    static boolean is(byte[] bytes, String lowerCase) {
        for (int i = 0; i < lowerCase.length(); i++) {
            if ((bytes[i] | 0x20) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The database that SELECT names. */
    static int database(int args, byte[] digits, int length) {
        if (args != 2) {
            throw new StreamFormatException("SELECT with " + (args - 1) + " arguments");
        }
        long db = 0;
        for (int i = 0; i < length; i++) {
            int digit = digits[i] - '0';
            if (digit < 0 || digit > 9 || i >= MAX_DIGITS) {
                throw new StreamFormatException("SELECT of no number");
            }
            db = db * 10 + digit;
        }
        if (length == 0 || db > Integer.MAX_VALUE) {
            throw new StreamFormatException("SELECT of no number");
        }
        return (int) db;
    }

    static boolean isGetAck(byte[][] args) {
        return args.length >= 2 && args[1].length == 6 && is(args[1], "getack");
    }

    /** What a length is refused with. */
    static StreamFormatException tooLong() {
        return new StreamFormatException("a length of more than " + Integer.MAX_VALUE);
    }
}
