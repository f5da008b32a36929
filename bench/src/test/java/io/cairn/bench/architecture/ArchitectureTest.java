package io.cairn.bench.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * States every allowed arrow between modules, packages and libraries. A new library or a new arrow is a line in one of the
 * tables here, so that it is a decision and not an accident.
 */
class ArchitectureTest {
    /** The modules in their line, each with the libraries that it may use; it sees all modules before it. */
    private enum Module {
        WAL("net.jpountz.."),
        ENGINE("org.rocksdb..", "com.github.benmanes.caffeine..", "net.jpountz..", "com.sun.management.."),
        SNAPSHOT("net.jpountz.."),
        REPLICATION("net.jpountz.."),
        SERVER(
                "io.netty..",
                "ch.qos.logback..",
                "net.jpountz..",
                "com.github.benmanes.caffeine..",
                "io.micrometer..",
                "party.iroiro.luajava..",
                "javax.net.ssl..",
                "javax.management..",
                "com.sun.management.."),
        BENCH(
                "io.netty..",
                "org.openjdk.jmh..",
                "org.HdrHistogram..",
                "com.google.gson..",
                "picocli..",
                "redis.clients.jedis..",
                "com.sun.management..");

        private final List<String> libraries;

        Module(String... libraries) {
            this.libraries = List.of(libraries);
        }

        String packages() {
            return "io.cairn." + name().toLowerCase(Locale.ROOT) + "..";
        }

        String[] allowed() {
            List<String> allowed = new ArrayList<>(List.of("java..", "org.slf4j..", "org.jspecify.annotations.."));
            allowed.addAll(libraries);
            Arrays.stream(values()).limit(ordinal() + 1L).map(Module::packages).forEach(allowed::add);
            return allowed.toArray(String[]::new);
        }
    }

    /**
     * Arrows between the packages of one module: a package that stands here sees, of its own module, only itself and what
     * is listed. Names are relative to {@code io.cairn}.
     */
    private static final List<Arrow> ARROWS = List.of(
            new Arrow("engine.entry"),
            new Arrow("engine.rows"),
            new Arrow("engine.keyspace", "engine.entry", "engine.rows"),
            new Arrow("engine.stream", "engine.keyspace", "engine.rows"),
            new Arrow("engine.types", "engine.entry", "engine.keyspace", "engine.rows"),
            new Arrow("snapshot.digest"),
            new Arrow("snapshot.rdb", "snapshot.digest"),
            new Arrow("replication.primary", "replication"),
            new Arrow("replication.replica", "replication"),
            new Arrow("server.blocking", "server.command", "server.session"),
            new Arrow("server.command"),
            new Arrow("server.command.geo", "server.command", "server.command.sortedsets"),
            new Arrow("server.command.hashes", "server.command"),
            new Arrow("server.command.keys", "server.command"),
            new Arrow("server.command.lists", "server.command"),
            new Arrow("server.command.sets", "server.command"),
            new Arrow("server.command.sortedsets", "server.command"),
            new Arrow("server.command.strings", "server.command"),
            new Arrow("server.resp", "server.command"),
            new Arrow("server.session", "server.command"),
            new Arrow("server.stats"));

    private record Arrow(String from, String... to) {}

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(ArchitectureTest::isMain).importPackages("io.cairn");

    @TestFactory
    Stream<DynamicTest> moduleUsesOnlyWhatItMay() {
        return Arrays.stream(Module.values())
                .map(module -> DynamicTest.dynamicTest(
                        module.name(),
                        () -> classes()
                                .that()
                                .resideInAPackage(module.packages())
                                .should()
                                .onlyDependOnClassesThat(
                                        resideInAnyPackage(module.allowed()).or(primitivesAndArrays()))
                                .check(CLASSES)));
    }

    @TestFactory
    Stream<DynamicTest> packageUsesOnlyWhatItMay() {
        return ARROWS.stream()
                .map(arrow -> DynamicTest.dynamicTest(arrow.from(), () -> {
                    String module = "io.cairn." + arrow.from().split("\\.")[0] + "..";
                    List<String> allowed = new ArrayList<>(List.of("io.cairn." + arrow.from()));
                    Arrays.stream(arrow.to()).map(to -> "io.cairn." + to).forEach(allowed::add);
                    classes()
                            .that()
                            .resideInAPackage("io.cairn." + arrow.from())
                            .should()
                            .onlyDependOnClassesThat(not(resideInAPackage(module))
                                    .or(resideInAnyPackage(allowed.toArray(String[]::new))))
                            .check(CLASSES);
                }));
    }

    @Test
    void commandsTouchNoChannel() {
        noClasses()
                .that()
                .resideInAnyPackage("io.cairn.server.command..", "io.cairn.server.config..", "io.cairn.server.stats..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.netty.."))
                .because("handlers take arguments and return a reply")
                .check(CLASSES);
    }

    /** A package may hold the ports of those inside it and be their front door: such an arrow up is no cycle. */
    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.cairn.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        resideInAnyPackage(withPackagesInside().toArray(String[]::new)))
                .check(CLASSES);
    }

    private static Set<String> withPackagesInside() {
        return CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name ->
                        CLASSES.stream().anyMatch(type -> type.getPackageName().startsWith(name + ".")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void nothingBelowTheServerTouchesSockets() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        Module.WAL.packages(),
                        Module.ENGINE.packages(),
                        Module.SNAPSHOT.packages(),
                        Module.REPLICATION.packages())
                .should()
                .dependOnClassesThat(resideInAPackage("java.net..")
                        .or(JavaClass.Predicates.simpleNameContaining("SocketChannel"))
                        .or(JavaClass.Predicates.simpleName("Selector")))
                .because("bytes reach these modules through ports, so that a whole cluster can be simulated")
                .check(CLASSES);
    }

    @Test
    void logAndReplicationAskForTheTimeAndForChance() {
        noClasses()
                .that()
                .resideInAnyPackage(Module.WAL.packages(), Module.REPLICATION.packages())
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .dependOnClassesThat(resideInAPackage("java.security.."))
                .orShould()
                .dependOnClassesThat(JavaClass.Predicates.simpleName("ThreadLocalRandom"))
                .because("they take clock and random as parameters, so that a simulation can repeat itself")
                .check(CLASSES);
    }

    /** A table that no longer matches the code would pass anything; so would an importer that found nothing. */
    @Test
    void tablesNameWhatExists() {
        Set<String> packages =
                CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        for (Module module : Module.values()) {
            String root = module.packages().replace("..", "");
            assertTrue(
                    packages.stream().anyMatch(name -> name.equals(root) || name.startsWith(root + ".")),
                    root + " is empty in " + packages);
        }
        List<String> unknown = ARROWS.stream()
                .flatMap(arrow -> Stream.concat(Stream.of(arrow.from()), Arrays.stream(arrow.to())))
                .map(name -> "io.cairn." + name)
                .filter(name -> !packages.contains(name))
                .toList();
        assertEquals(List.of(), unknown);
    }

    private static DescribedPredicate<JavaClass> primitivesAndArrays() {
        return DescribedPredicate.describe(
                "primitives and arrays of these", type -> type.isPrimitive() || type.isArray());
    }

    private static boolean isMain(Location location) {
        return !location.contains("-tests.jar")
                && !location.contains("/test-classes/")
                && !location.contains("/test-quick-classes/");
    }
}
