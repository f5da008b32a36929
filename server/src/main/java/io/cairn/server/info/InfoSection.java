package io.cairn.server.info;

import java.util.function.Consumer;

/**
 * A section of INFO.
 *
 * <p><i>Immutable.</i>
 *
 * @param title as the heading shows it; clients ask for it in whatever case
 * @param byDefault whether INFO without arguments shows it
 * @param fields writes the present values
 */
public record InfoSection(String title, boolean byDefault, Consumer<Fields> fields) {
    /**
     * The lines of a section.
     *
     * <p><i>Confined to the calling thread.</i>
     */
    public static final class Fields {
        private final StringBuilder text;

        Fields(StringBuilder text) {
            this.text = text;
        }

        /** Adds whole lines, each with its end. */
        public Fields raw(CharSequence lines) {
            text.append(lines);
            return this;
        }

        /** Adds a line. */
        public Fields add(String name, Object value) {
            text.append(name).append(':').append(value).append("\r\n");
            return this;
        }
    }
}
