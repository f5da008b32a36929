package io.cairn.engine.keyspace;

/**
 * Classes of keyspace events, each with its letter in {@code notify-keyspace-events}.
 *
 * <p><i>Immutable.</i>
 */
public enum Event {
    /** Of whatever type: del, rename_from, expire. */
    GENERIC('g'),
    STRING('$'),
    LIST('l'),
    SET('s'),
    HASH('h'),
    SORTED_SET('z'),
    /** A key was deleted because its time had come. */
    EXPIRED('x'),
    /** A key was deleted to make room. */
    EVICTED('e'),
    STREAM('t'),
    /** A read found no key; not one of those that {@code A} stands for. */
    KEY_MISS('m'),
    /** Of modules: nothing here ever happens under it. */
    MODULE('d'),
    /** A key came into being; not one of those that {@code A} stands for. */
    NEW('n');

    private final char letter;

    Event(char letter) {
        this.letter = letter;
    }

    /** Its letter in the configuration. */
    public char letter() {
        return letter;
    }

    /** A set of classes with this one alone, as bits. */
    public int bit() {
        return 1 << ordinal();
    }
}
