package io.cairn.engine.rows;

import java.util.concurrent.ThreadLocalRandom;

/**
 * What stands with a key in memory about how it is used: when it was last, or how often, as Redis's eviction wants it.
 *
 * <pre>
 *   last used   tenths of seconds since the clock was made
 *   how often   minutes(16) of the last decay, counter(8), which grows with the logarithm of uses
 * </pre>
 *
 * A number that was made in one form means little in the other; it becomes right with the key's next use.
 *
 * <p><i>Thread-safe.</i>
 */
public final class UsageClock {
    /** Which form is kept, and how counters grow and decay. */
    public record Form(boolean frequency, int logFactor, int decayMinutes) {}

    /** Times of last use. */
    public static final Form LAST_USED = new Form(false, 10, 1);

    private static final int COUNTER_MAX = 255;
    private static final int COUNTER_FIRST = 5;
    private static final int MINUTES_MASK = 0xFFFF;
    private static final int TENTH_MILLIS = 100;
    private static final int MINUTE_MILLIS = 60_000;

    private final long startMillis;
    private volatile int tenths;
    private volatile int minutes;
    private volatile Form form = LAST_USED;

    /** A clock that begins at a wall clock's time. */
    public UsageClock(long startMillis) {
        this.startMillis = startMillis;
        at(startMillis, LAST_USED);
    }

    /** Sets the clock, now and then. */
    public void at(long nowMillis, Form wanted) {
        tenths = (int) Math.max(0, (nowMillis - startMillis) / TENTH_MILLIS);
        minutes = (int) (nowMillis / MINUTE_MILLIS) & MINUTES_MASK;
        form = wanted;
    }

    /** Of a new key. */
    int first() {
        return form.frequency ? minutes << 8 | COUNTER_FIRST : tenths;
    }

    /** Of a key that is used. */
    int used(int before) {
        Form now = form;
        if (!now.frequency) {
            return tenths;
        }
        int counter = frequency(before);
        if (counter < COUNTER_MAX) {
            double chance = 1.0 / (Math.max(0, counter - COUNTER_FIRST) * (double) now.logFactor + 1);
            counter += ThreadLocalRandom.current().nextDouble() < chance ? 1 : 0;
        }
        return minutes << 8 | counter;
    }

    /** How often a key is used, 0 to 255. */
    public int frequency(int usage) {
        int counter = usage & 0xFF;
        int decay = form.decayMinutes;
        int passed = decay == 0 ? 0 : (minutes - (usage >>> 8) & MINUTES_MASK) / decay;
        return Math.max(0, counter - passed);
    }

    /** Seconds since a key was used. */
    public long idleSeconds(int usage) {
        return Math.max(0, tenths - usage) / 10;
    }

    /** What stands for a key that is used so often. */
    public int ofFrequency(int counter) {
        return minutes << 8 | counter;
    }

    /** What stands for a key that was used so long ago. */
    public int ofIdleSeconds(long seconds) {
        return (int) Math.max(Integer.MIN_VALUE, tenths - seconds * 10);
    }
}
