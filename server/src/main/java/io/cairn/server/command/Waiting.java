package io.cairn.server.command;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a blocking command waits for that found nothing: one of its keys coming to hold a value of its type.
 *
 * <p>Whatever turn brings that about serves the client in the same turn, by {@code attempt}.
 *
 * <p><i>Immutable.</i>
 *
 * @param millis how long, 0 for ever
 * @param noticesLoss whether the attempt is made, too, when one of the keys is gone or of another type
 * @param other a key beside the ready one that the attempt writes
 */
public record Waiting(
        ValueType type, List<byte[]> keys, long millis, boolean noticesLoss, byte @Nullable [] other, Attempt attempt) {

    private static final int LONGEST_DIGITS = 64;

    /** The command, run for a client that waited. */
    @FunctionalInterface
    public interface Attempt {
        /**
         * Runs it on the key that is ready, whose stripe is held. Everything that a {@link Handler} must keep to, it must
         * keep to; the call is the client's.
         *
         * @return the reply, or null if there is nothing for this client, which goes on waiting
         */
        @Nullable
        Reply run(Call call, byte[] key);
    }

    /** Waits for a key of that type. */
    public static Waiting on(ValueType type, List<byte[]> keys, long millis, Attempt attempt) {
        return new Waiting(type, keys, millis, false, null, attempt);
    }

    /** Takes something out of a key that has it. */
    @FunctionalInterface
    public interface Taking {
        /** Takes it out of the value with that row. */
        Reply run(Call call, byte[] key, byte[] row);
    }

    /**
     * Takes something out of the first key of a type; waits for one if there is none. The keys are all arguments but the
     * last, which is the timeout in seconds.
     */
    public static Reply takeFirst(Call call, ValueType type, Taking taking) {
        int last = call.count() - 1;
        long millis = seconds(call.arg(last));
        for (int index = 1; index < last; index++) {
            byte[] row = find(call, call.arg(index), type);
            if (row != null) {
                return taking.run(call, call.arg(index), row);
            }
        }
        List<byte[]> keys = Arrays.asList(call.args()).subList(1, last);
        Attempt attempt = (served, key) -> taking.run(served, key, ready(served, key, type));
        return call.await(on(type, keys, millis, attempt), Reply.NULL_ARRAY);
    }

    /** The row of a key that a client waited for, which is there. */
    public static byte[] ready(Call call, byte[] key, ValueType type) {
        byte[] row = find(call, key, type);
        if (row == null) {
            throw new IllegalStateException("a key that is ready has nothing");
        }
        return row;
    }

    private static byte @Nullable [] find(Call call, byte[] key, ValueType type) {
        byte[] row = call.turn().write(call.db(), key);
        if (row != null && MetaRow.type(row) != type) {
            throw CommandException.wrongType();
        }
        return row;
    }

    /** A timeout in seconds with a fraction, as milliseconds. */
    public static long seconds(byte[] timeout) {
        // Redis reads it with more digits and a wider range than a double has; what is infinite it finds negative.
        double seconds = Doubles.parseWide(timeout);
        if (Double.isNaN(seconds)) {
            throw new CommandException("ERR timeout is not a float or out of range");
        }
        double millis = Math.ceil(seconds * 1000);
        return notNegative(millis >= Long.MAX_VALUE ? longest(timeout, seconds) : (long) millis);
    }

    /** What rounds to more milliseconds than a long has may be the last that it has; -1 for more. */
    private static long longest(byte[] timeout, double seconds) {
        if (Double.isInfinite(seconds) || timeout.length > LONGEST_DIGITS) {
            return -1;
        }
        try {
            return new BigDecimal(new String(timeout, StandardCharsets.US_ASCII))
                    .movePointRight(3)
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            return -1; // more than that, or hexadecimal
        }
    }

    /** A timeout in milliseconds. */
    public static long millis(byte[] timeout) {
        long millis = Numbers.parseLongOr(timeout, Long.MIN_VALUE);
        if (millis == Long.MIN_VALUE) {
            throw new CommandException("ERR timeout is not an integer or out of range");
        }
        return notNegative(millis);
    }

    private static long notNegative(long millis) {
        if (millis < 0) {
            throw new CommandException("ERR timeout is negative");
        }
        return millis;
    }
}
