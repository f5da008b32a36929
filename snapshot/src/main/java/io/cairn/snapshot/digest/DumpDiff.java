package io.cairn.snapshot.digest;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares two keyspaces and names the keys that differ.
 *
 * <p>Fill {@link #left} and {@link #right}, in any order, then ask {@link #differences}. Keeps about 150 bytes a key and
 * side, with no values; for keyspaces too large for that there is {@link DumpDigest}.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class DumpDiff {
    private final Side left = new Side();
    private final Side right = new Side();

    private record Name(int db, byte[] key) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Name name && name.db == db && Arrays.equals(name.key, key);
        }

        @Override
        public int hashCode() {
            return 31 * db + Arrays.hashCode(key);
        }

        @Override
        public String toString() {
            return "db=" + db + " key=" + KeyText.of(key);
        }
    }

    private record State(ValueType type, long expireAtMillis, long elements, long high, long low) {}

    private static final class Side extends KeyDigests {
        private final Map<Name, State> keys = new HashMap<>();

        @Override
        void key(int db, byte[] key, ValueType type, long expireAtMillis, long elements, Fingerprint digest) {
            State state = new State(type, expireAtMillis, elements, digest.high(), digest.low());
            if (keys.put(new Name(db, key), state) != null) {
                throw new IllegalArgumentException("key comes twice: " + new Name(db, key));
            }
        }
    }

    /** Takes the keys of one side. */
    public EntrySink left() {
        return left;
    }

    /** Takes the keys of the other side. */
    public EntrySink right() {
        return right;
    }

    /** One line for each of the first {@code limit} keys that differ; none if the sides are equal. */
    public List<String> differences(int limit) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<Name, State> entry : left.keys.entrySet()) {
            if (lines.size() == limit) {
                return lines;
            }
            State other = right.keys.get(entry.getKey());
            if (other == null) {
                lines.add(entry.getKey() + " only on the left");
            } else if (!other.equals(entry.getValue())) {
                lines.add(entry.getKey() + " " + difference(entry.getValue(), other));
            }
        }
        for (Name name : right.keys.keySet()) {
            if (lines.size() == limit) {
                return lines;
            }
            if (!left.keys.containsKey(name)) {
                lines.add(name + " only on the right");
            }
        }
        return lines;
    }

    private static String difference(State a, State b) {
        if (a.type != b.type) {
            return "type left=" + a.type.typeName() + " right=" + b.type.typeName();
        }
        if (a.expireAtMillis != b.expireAtMillis) {
            return "expiry left=" + a.expireAtMillis + " right=" + b.expireAtMillis;
        }
        if (a.elements != b.elements) {
            return a.type.typeName() + " elements left=" + a.elements + " right=" + b.elements;
        }
        return a.type.typeName() + " value differs elements=" + a.elements;
    }
}
