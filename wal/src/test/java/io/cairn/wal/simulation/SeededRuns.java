package io.cairn.wal.simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Makes the runs of a {@link Seeded} test. */
final class SeededRuns implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(Seeded.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Seeded seeded = context.getRequiredTestMethod().getAnnotation(Seeded.class);
        Long fixed = Long.getLong("seed");
        LongStream seeds = fixed != null
                ? LongStream.of(fixed)
                : origin(context).longs(Integer.getInteger("cairn.runs", declaredRuns(seeded)));
        return seeds.mapToObj(Run::new);
    }

    /** Continuous integration draws the same seeds each time: there a red run must be of the change's making. */
    private static SplittableRandom origin(ExtensionContext context) {
        if (!Boolean.parseBoolean(System.getenv("CI"))) {
            return new SplittableRandom();
        }
        String name = context.getRequiredTestClass().getName()
                + '#'
                + context.getRequiredTestMethod().getName();
        return new SplittableRandom(name.hashCode());
    }

    private static int declaredRuns(Seeded seeded) {
        return Boolean.getBoolean("cairn.long") ? seeded.longRuns() : seeded.runs();
    }

    private record Run(long seed)
            implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler {
        @Override
        public String getDisplayName(int invocationIndex) {
            return "seed=" + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == long.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return seed;
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
            throw new AssertionError("-Dseed=" + seed + " repeats this: " + failure, failure);
        }
    }
}
