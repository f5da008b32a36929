package io.cairn.engine.types;

/**
 * Is shown elements of a set or a hash, one after another.
 *
 * <p><i>Confined to the calling thread.</i>
 */
@FunctionalInterface
public interface ElementVisitor {
    /** The next element. */
    void visit(Element element);
}
