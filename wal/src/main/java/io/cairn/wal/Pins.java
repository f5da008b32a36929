package io.cairn.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * The oldest position a log holds and the claims on it; they change together, so a pin is never taken on what is just
 * being deleted.
 *
 * <p><i>Guarded by this.</i>
 */
final class Pins {
    private final List<Pin> pins = new ArrayList<>();
    private volatile long start;
    private long floor;

    Pins(long start) {
        this.start = start;
        this.floor = start;
    }

    long start() {
        return start;
    }

    synchronized Pin add(String name, long position) throws LogTruncatedException {
        if (position < start) {
            throw new LogTruncatedException(position, start);
        }
        Pin pin = new Pin(name, position, this);
        pins.add(pin);
        return pin;
    }

    synchronized void remove(Pin pin) {
        pins.remove(pin);
    }

    synchronized void advance(Pin pin, long position) {
        if (position > pin.position()) {
            pin.moveTo(position);
        }
    }

    synchronized List<Pin> all() {
        return List.copyOf(pins);
    }

    synchronized void floor(long position) {
        floor = Math.max(floor, position);
    }

    synchronized long floor() {
        return floor;
    }

    /**
     * Moves the start to what {@code choose} makes of the highest position it may be moved to; returns the start.
     */
    synchronized long raiseStart(LongUnaryOperator choose) {
        long limit = floor;
        for (Pin pin : pins) {
            limit = Math.min(limit, pin.position());
        }
        long next = choose.applyAsLong(limit);
        if (next > limit) {
            throw new IllegalStateException("start " + next + " would pass the lowest claim " + limit);
        }
        start = Math.max(start, next);
        return start;
    }
}
