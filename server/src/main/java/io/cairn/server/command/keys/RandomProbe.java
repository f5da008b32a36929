package io.cairn.server.command.keys;

import io.cairn.engine.rows.RowCursor;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Picks a key at random from ordered rows without counting them.
 *
 * <p>Descends from byte to byte: of the keys that begin as chosen so far, the first and the last are looked up; bytes they
 * share are taken over, and the first in which they differ is drawn between the two. So where keys differ in digits each
 * digit is drawn evenly. A byte that begins no key is drawn again a few times, then the next that does is taken. Fair
 * where names are regular; where they are not, still no key is out of reach.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class RandomProbe {
    private static final int PROBES = 16;
    private static final int DRAWS = 8;

    private final RowCursor cursor;
    private final byte[] root;

    private RandomProbe(RowCursor cursor, byte[] root) {
        this.cursor = cursor;
        this.root = root;
    }

    /** A probe of the rows under a cursor, all of which begin with {@code root}. */
    static RandomProbe of(RowCursor cursor, byte[] root) {
        return new RandomProbe(cursor, root);
    }

    /** A key whose row is accepted, or null if there is none. */
    byte @Nullable [] find(Predicate<byte[]> accepted) {
        for (int probe = 0; probe < PROBES; probe++) {
            if (!descend()) {
                return null;
            }
            if (accepted.test(cursor.value())) {
                return cursor.key();
            }
        }
        // Nearly all keys are refused: whoever comes first.
        for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
            if (accepted.test(cursor.value())) {
                return cursor.key();
            }
        }
        return null;
    }

    /** Moves the cursor to a key; false if there is none. */
    private boolean descend() {
        byte[] prefix = root;
        while (true) {
            byte[] first = first(prefix);
            if (first == null) {
                return false;
            }
            byte[] last = last(prefix);
            if (last == null || Arrays.equals(first, last)) {
                cursor.seek(first);
                return cursor.valid();
            }
            int shared = Arrays.mismatch(first, last);
            if (first.length == shared) {
                // The first key is the beginning of all others: one branch of its own.
                if (ThreadLocalRandom.current().nextInt(1 + (last[shared] & 0xFF)) == 0) {
                    cursor.seek(first);
                    return cursor.valid();
                }
                prefix = branch(first, shared, 0, last[shared] & 0xFF);
            } else {
                prefix = branch(first, shared, first[shared] & 0xFF, last[shared] & 0xFF);
            }
        }
    }

    private byte @Nullable [] first(byte[] prefix) {
        cursor.seek(prefix);
        return cursor.valid() ? cursor.key() : null;
    }

    /** The last key that begins with the prefix: the one before whatever comes behind them all. */
    private byte @Nullable [] last(byte[] prefix) {
        byte[] end = prefix.clone();
        int at = end.length - 1;
        while (at >= 0 && end[at] == -1) {
            at--;
        }
        if (at < 0) {
            cursor.seekToLast();
        } else {
            end = Arrays.copyOf(end, at + 1);
            end[at]++;
            cursor.seekForPrev(end);
            if (cursor.valid() && Arrays.equals(cursor.key(), end)) {
                cursor.prev();
            }
        }
        return cursor.valid() ? cursor.key() : null;
    }

    /** The shared bytes and one more, drawn from {@code low} to {@code high}, with which at least one key begins. */
    private byte[] branch(byte[] key, int shared, int low, int high) {
        byte[] prefix = Arrays.copyOf(key, shared + 1);
        for (int draw = 0; draw < DRAWS; draw++) {
            prefix[shared] = (byte) ThreadLocalRandom.current().nextInt(low, high + 1);
            byte[] found = first(prefix);
            boolean exact = found != null && found.length > shared && found[shared] == prefix[shared];
            if (exact) {
                return prefix;
            }
            if (draw == DRAWS - 1 && found != null) {
                prefix[shared] = found[shared];
            }
        }
        return prefix;
    }
}
