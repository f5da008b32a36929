package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Puts the rows of a {@link Run} into the order of their keys.
 *
 * <p>Bytes that all keys of a range have in common are skipped; then the range is sorted by the next eight bytes, which
 * are fetched once, with a radix sort that leaves out the bytes that do not differ. Keys that agree in these eight are a
 * range of their own. Comparing keys in place would cost two cache misses a comparison.
 *
 * <p><i>Confined to one thread.</i>
 */
final class RunOrder {
    private static final int FEW = 24;
    private static final int VALUES = 256;

    private final Run run;
    private final int[] references;
    private final int[] otherReferences;
    private final long[] words;
    private final long[] otherWords;
    private final int[] counts = new int[Long.BYTES * VALUES];

    private RunOrder(Run run) {
        this.run = run;
        this.references = run.references();
        this.otherReferences = new int[run.count()];
        this.words = new long[run.count()];
        this.otherWords = new long[run.count()];
    }

    /**
     * Sorts a run's references.
     *
     * @throws StorageException if a key comes twice
     */
    static void sort(Run run) {
        if (!run.isOrdered()) {
            new RunOrder(run).sort(0, run.count(), 0);
        }
    }

    private void sort(int from, int to, int knownCommon) {
        if (to - from <= FEW) {
            insert(from, to, knownCommon);
            return;
        }
        int depth = knownCommon + common(from, to, knownCommon);
        for (int i = from; i < to; i++) {
            words[i] = run.word(references[i], depth);
        }
        radix(from, to);
        if (words[from] == words[to - 1]) {
            // Keys that end here stand among keys that go on with zeros.
            compareAll(from, to, depth);
            return;
        }
        int first = from;
        for (int i = from + 1; i <= to; i++) {
            if (i == to || words[i] != words[first]) {
                if (i - first > 1) {
                    sort(first, i, depth + Long.BYTES);
                }
                first = i;
            }
        }
    }

    private int common(int from, int to, int depth) {
        int common = Integer.MAX_VALUE;
        for (int i = from + 1; i < to && common > 0; i++) {
            common = run.common(references[from], references[i], depth, common);
        }
        return common;
    }

    private void radix(int from, int to) {
        count(from, to);
        long[] fromWords = words;
        int[] fromReferences = references;
        long[] toWords = otherWords;
        int[] toReferences = otherReferences;
        for (int digit = 0; digit < Long.BYTES; digit++) {
            int shift = digit * Byte.SIZE;
            int base = digit * VALUES;
            if (counts[base + (int) (words[from] >>> shift & 0xFF)] == to - from) {
                continue;
            }
            int next = from;
            for (int value = base; value < base + VALUES; value++) {
                int ofValue = counts[value];
                counts[value] = next;
                next += ofValue;
            }
            for (int i = from; i < to; i++) {
                long word = fromWords[i];
                int place = counts[base + (int) (word >>> shift & 0xFF)]++;
                toWords[place] = word;
                toReferences[place] = fromReferences[i];
            }
            long[] sortedWords = toWords;
            int[] sortedReferences = toReferences;
            toWords = fromWords;
            toReferences = fromReferences;
            fromWords = sortedWords;
            fromReferences = sortedReferences;
        }
        if (fromWords != words) {
            System.arraycopy(otherWords, from, words, from, to - from);
            System.arraycopy(otherReferences, from, references, from, to - from);
        }
    }

    private void count(int from, int to) {
        Arrays.fill(counts, 0);
        for (int i = from; i < to; i++) {
            long word = words[i];
            for (int base = 0; base < counts.length; base += VALUES) {
                counts[base + (int) (word & 0xFF)]++;
                word >>>= Byte.SIZE;
            }
        }
    }

    private void insert(int from, int to, int depth) {
        for (int i = from + 1; i < to; i++) {
            int reference = references[i];
            int place = i;
            for (; place > from; place--) {
                int order = compare(references[place - 1], reference, depth);
                if (order < 0) {
                    break;
                }
                references[place] = references[place - 1];
            }
            references[place] = reference;
        }
    }

    private void compareAll(int from, int to, int depth) {
        Integer[] sorted = new Integer[to - from];
        Arrays.setAll(sorted, i -> references[from + i]);
        Comparator<Integer> byKey = (left, right) -> compare(left, right, depth);
        Arrays.sort(sorted, byKey);
        for (int i = from; i < to; i++) {
            references[i] = sorted[i - from];
        }
    }

    private int compare(int left, int right, int depth) {
        int order = run.compare(left, right, depth);
        if (order == 0) {
            throw new StorageException("a row comes twice in what is loaded: a key, or an element of a collection");
        }
        return order;
    }
}
