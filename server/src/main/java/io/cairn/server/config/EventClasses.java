package io.cairn.server.config;

import io.cairn.engine.keyspace.Event;

/**
 * Which key events are published, and how: the value of {@code notify-keyspace-events}.
 *
 * <p><i>Immutable.</i>
 *
 * @param classes wanted classes of events, as {@link Event#bit bits}
 * @param byKey {@code K}: on {@code __keyspace@db__:key}
 * @param byEvent {@code E}: on {@code __keyevent@db__:event}
 */
public record EventClasses(int classes, boolean byKey, boolean byEvent) {
    private static final String LETTERS = "Ag$lshzxeKEtmdn";

    private static final int ALL = all();

    private static int all() {
        int bits = 0;
        for (Event kind : Event.values()) {
            bits |= kind == Event.KEY_MISS || kind == Event.NEW ? 0 : kind.bit();
        }
        return bits;
    }

    /**
     * The classes that letters stand for.
     *
     * @throws ConfigException if one of them stands for nothing
     */
    public static EventClasses parse(String letters) {
        int classes = 0;
        boolean byKey = false;
        boolean byEvent = false;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            if (letter == 'A') {
                classes |= ALL;
            } else if (letter == 'K') {
                byKey = true;
            } else if (letter == 'E') {
                byEvent = true;
            } else {
                int known = classes;
                for (Event kind : Event.values()) {
                    classes |= kind.letter() == letter ? kind.bit() : 0;
                }
                if (known == classes && LETTERS.indexOf(letter) < 0) {
                    throw new ConfigException("Invalid event class character. Use '" + LETTERS + "'.");
                }
            }
        }
        return new EventClasses(classes, byKey, byEvent);
    }

    /** The letters as CONFIG GET shows them: {@code A} for all that it stands for, which hides {@code n}. */
    public String letters() {
        StringBuilder letters = new StringBuilder();
        if ((classes & ALL) == ALL) {
            letters.append('A');
        } else {
            for (Event kind : Event.values()) {
                if (kind != Event.KEY_MISS && (classes & kind.bit()) != 0) {
                    letters.append(kind.letter());
                }
            }
        }
        if (byKey) {
            letters.append('K');
        }
        if (byEvent) {
            letters.append('E');
        }
        if ((classes & Event.KEY_MISS.bit()) != 0) {
            letters.append(Event.KEY_MISS.letter());
        }
        return letters.toString();
    }

    /** The classes that turns must tell of: none if nobody could hear them. */
    public int wanted() {
        return byKey || byEvent ? classes : 0;
    }
}
