package io.cairn.wal;

/**
 * Somebody's claim on the log from a position on: retention deletes nothing at or after the lowest one.
 *
 * <p>Life: made by {@link Wal#pin}, moved forward by its holder, ended by {@link #close}.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Pin implements AutoCloseable {
    private final String name;
    private final Pins pins;
    private volatile long position;

    Pin(String name, long position, Pins pins) {
        this.name = name;
        this.position = position;
        this.pins = pins;
    }

    /** Who holds it, for people to read. */
    public String name() {
        return name;
    }

    /** Everything after this position is kept. */
    public long position() {
        return position;
    }

    /** Moves the claim forward; a lower position than the present one changes nothing. */
    public void advance(long next) {
        if (next > position) {
            pins.advance(this, next);
        }
    }

    void moveTo(long next) {
        position = next;
    }

    /** Gives the claim up; doing so twice does nothing. */
    @Override
    public void close() {
        pins.remove(this);
    }

    @Override
    public String toString() {
        return name + "@" + position;
    }
}
