package io.cairn.bench.recovery;

import io.cairn.bench.process.Scratch;
import io.cairn.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A program that plays a part. */
enum Kind {
    /** Cairn in disk mode. */
    CAIRN,
    /** Redis, without the five seconds that it waits for more replicas before a snapshot. */
    REDIS;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    ServerProcess server(Path directory, String... directives) throws IOException {
        String name = directory.getFileName().toString();
        int port = ServerProcess.freePort();
        if (this == CAIRN) {
            return ServerProcess.cairn(name, Scratch.root(), directory, port, directives);
        }
        List<String> all = new ArrayList<>(List.of("--save", "", "--repl-diskless-sync-delay", "0"));
        Collections.addAll(all, directives);
        return ServerProcess.redis(name, directory, port, all.toArray(String[]::new));
    }

    /** A primary's and a replica's kind. */
    record Pair(Kind primary, Kind replica) {
        /** From {@code cairn-redis}. */
        static Pair of(String text) {
            String[] kinds = text.split("-", -1);
            if (kinds.length != 2) {
                throw new IllegalArgumentException("'" + text + "' is not primary-replica");
            }
            return new Pair(Kind.of(kinds[0]), Kind.of(kinds[1]));
        }

        @Override
        public String toString() {
            return primary.text() + " -> " + replica.text();
        }
    }
}
