package io.cairn.engine.types;

import io.cairn.engine.rows.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Labels ({@link ScoreLabels}) of the long members of a sorted set that is loaded, when none of its rows can be read.
 *
 * <p>Members in the order of the set, or against it, as servers write them, are no matter how many. In any other order they
 * have a place as long as what they are compared with is remembered, which is bounded in bytes; then they are refused.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class LoadedLabels {
    private static final long REMEMBERED_BYTES_MAX = 64 << 20;

    /** Members of one group with their labels: all, or, when {@code trimmed}, at least the first and the last. */
    private static final class Group {
        final TreeMap<byte[], Long> labels = new TreeMap<>(Arrays::compareUnsigned);
        boolean trimmed;

        /** Forgets all but the ends; returns the bytes of these. */
        long trim() {
            if (labels.size() > 2) {
                trimmed = true;
                labels.subMap(labels.firstKey(), false, labels.lastKey(), false).clear();
            }
            return labels.keySet().stream().mapToLong(member -> member.length).sum();
        }
    }

    private final long version;
    private final long rememberedBytesMax;
    private final Map<ByteBuffer, Group> groups = new HashMap<>();
    private final Set<Long> forgotten = new HashSet<>(); // by their digests: there may be as many as members
    private long rememberedBytes;

    LoadedLabels(long version) {
        this(version, REMEMBERED_BYTES_MAX);
    }

    LoadedLabels(long version, long rememberedBytesMax) {
        this.version = version;
        this.rememberedBytesMax = rememberedBytesMax;
    }

    /** Key in SCORES of a long member; the same again for one that came before. */
    byte[] key(double score, byte[] member) {
        byte[] first = ScoreRows.key(version, score, member, ScoreLabels.FIRST);
        ByteBuffer head = ByteBuffer.wrap(first, 0, first.length - Long.BYTES);
        Group group = groups.get(head);
        if (group == null) {
            if (!forgotten.isEmpty() && forgotten.contains(digest(head))) {
                throw disorder();
            }
            group = new Group();
            groups.put(head, group);
        }
        Long known = group.labels.get(member);
        long label = known == null ? place(group, member) : known;
        if (rememberedBytes > rememberedBytesMax) {
            forgetAllBut(head, group);
        }
        return ScoreRows.key(version, score, member, label);
    }

    private long place(Group group, byte[] member) {
        Map.Entry<byte[], Long> below = group.labels.lowerEntry(member);
        Map.Entry<byte[], Long> above = group.labels.higherEntry(member);
        long label = below != null && above != null && group.trimmed
                ? ScoreLabels.BELOW_ALL
                : ScoreLabels.between(
                        below == null ? ScoreLabels.BELOW_ALL : below.getValue(),
                        above == null ? ScoreLabels.ABOVE_ALL : above.getValue());
        if (label == ScoreLabels.BELOW_ALL) {
            throw disorder();
        }
        group.labels.put(member, label);
        rememberedBytes += member.length;
        return label;
    }

    private void forgetAllBut(ByteBuffer head, Group group) {
        groups.remove(head);
        groups.keySet().forEach(other -> forgotten.add(digest(other)));
        groups.clear();
        groups.put(head, group);
        rememberedBytes = group.trim();
    }

    private static long digest(ByteBuffer head) {
        return ByteBuffer.wrap(Stub.digest(Arrays.copyOf(head.array(), head.limit())))
                .getLong();
    }

    private static StorageException disorder() {
        return new StorageException("ERR members of a sorted set that agree in score and in their first "
                + Stub.HEAD_BYTES + " bytes come neither in order nor against it");
    }
}
