package io.cairn.engine.types;

/**
 * Is shown the items of a list, one after another, as slices of arrays that nobody changes.
 *
 * <p><i>Confined to the calling thread.</i>
 */
@FunctionalInterface
public interface ItemVisitor {
    /** The next item: the bytes from {@code from} (inclusive) to {@code to} (exclusive). */
    void visit(byte[] bytes, int from, int to);
}
