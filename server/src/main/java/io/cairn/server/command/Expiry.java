package io.cairn.server.command;

/**
 * Times in arguments: the four ways in which commands that set a value say when it expires.
 *
 * <p><i>Immutable.</i>
 */
public final class Expiry {
    private static final long MILLIS = 1000;

    private Expiry() {}

    /** The words EX, PX, EXAT and PXAT. */
    public enum Unit {
        NONE(""),
        EX("ex"),
        PX("px"),
        EXAT("exat"),
        PXAT("pxat");

        private static final Unit[] WORDS = {EX, PX, EXAT, PXAT};

        private final String word;

        Unit(String word) {
            this.word = word;
        }

        /** The unit that an argument names, or NONE. */
        public static Unit of(Call call, int index) {
            for (Unit unit : WORDS) {
                if (call.is(index, unit.word)) {
                    return unit;
                }
            }
            return NONE;
        }

        /** Whether the time is a point in time. */
        public boolean isAbsolute() {
            return this == EXAT || this == PXAT;
        }

        /**
         * The time in an argument as Unix milliseconds.
         *
         * @param command name for the error text
         * @throws CommandException if it is no integer, or not positive, or beyond 64 bits
         */
        public long dueMillis(Call call, int index, String command) {
            long time = call.integer(index);
            boolean seconds = this == EX || this == EXAT;
            if (time <= 0 || seconds && time > Long.MAX_VALUE / MILLIS) {
                throw invalid(command);
            }
            long millis = seconds ? time * MILLIS : time;
            if (!isAbsolute()) {
                millis += call.turn().nowMillis();
                if (millis <= 0) {
                    throw invalid(command);
                }
            }
            return millis;
        }
    }

    /** Error for a time that no key can have. */
    public static CommandException invalid(String command) {
        return new CommandException("ERR invalid expire time in '" + command + "' command");
    }
}
