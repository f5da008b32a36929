package io.cairn.engine.keyspace;

/**
 * Told of each {@link Step} that is passed, on the thread that passes it; for tests that end the process there.
 *
 * <p><i>Thread-safe.</i>
 */
@FunctionalInterface
public interface StepObserver {
    /** Nobody looks. */
    StepObserver NONE = step -> {};

    /** The step is passed now. */
    void at(Step step);
}
