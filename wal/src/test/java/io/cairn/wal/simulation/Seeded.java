package io.cairn.wal.simulation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test method with one {@code long} parameter, the seed, several times with fresh seeds (where the environment says
 * {@code CI=true}: with the same ones each time).
 *
 * <p>The seed stands in the name of each run and in the message of its failure; {@code -Dseed=N} repeats that one run,
 * {@code -Dcairn.runs=N} makes that many fresh ones.
 *
 * <p><i>Immutable.</i>
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeededRuns.class)
public @interface Seeded {
    /** Number of runs. */
    int runs() default 20;

    /** Number of runs with {@code -Dcairn.long=true}. */
    int longRuns() default 2000;
}
