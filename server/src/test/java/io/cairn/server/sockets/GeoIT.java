package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Differential;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Geo commands through sockets: replies byte for byte in both protocols, and searches of a large set on disk. */
final class GeoIT {
    private static final int PLACES = 20_000;
    private static final int SEARCHES = 300;

    private static final String LINES = """
            geoadd k 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
            geoadd k nx ch 13 38 Palermo 12.758489 38.788135 edge1
            geoadd k xx 1 1 nobody
            geoadd k nx xx 1 1 a
            geoadd k 1 1 a 2
            geoadd k 181 1 a
            geoadd k 1 -1e300 a
            geoadd k -0 -inf a
            geoadd k nan 1 a
            geoadd k 180 85.05112878 ne -180 -85.05112878 sw 180 -85.05112878 se -180 85.05112878 nw
            zadd k -1 negative 1e300 huge -inf least 0.5 half 9007199254740993 more
            geopos k Palermo nobody ne sw se nw negative huge least half more
            geopos nokey a b
            geopos k
            geohash k Palermo nobody ne sw se nw negative huge least half more
            geohash nokey a b
            geodist k Palermo Catania
            geodist k Palermo Catania KM
            geodist k Palermo Catania mi
            geodist k Palermo Catania ft
            geodist k Palermo Catania yd
            geodist k Palermo Catania km km
            geodist k Palermo nobody
            geodist k sw nw
            geosearch k fromlonlat 15 37 byradius 200 km asc withcoord withdist withhash
            geosearch k fromlonlat 15 37 bybox 400 400 km desc count 2 withcoord withdist
            geosearch k frommember Palermo byradius 1000 km withhash
            geosearch k frommember nobody byradius 1000 km
            geosearch nokey frommember nobody byradius 1000 km
            GeoSearch k asc asc asc asc asc
            GeoSearch k frommember Palermo asc asc asc
            geosearch k frommember Palermo byradius -1 km
            geosearch k frommember Palermo byradius x km
            geosearch k frommember Palermo bybox x 1 km
            geosearch k frommember Palermo bybox 1 x km
            geosearch k frommember Palermo bybox 1 -1 km
            geosearch k frommember Palermo byradius 1 km any
            geosearch k frommember Palermo byradius 1 km count 0
            geosearch k frommember Palermo byradius 1 km store d
            georadius k 15 37 200 km withdist
            georadius k 15 37 200 km store d
            zrange d 0 -1 withscores
            georadius k 15 37 200 km storedist e store f
            zrange f 0 -1
            georadius k 15 37 200 km store a store b
            georadius k 15 37 200 km store a withdist
            georadius_ro k 15 37 200 km store a
            georadiusbymember k Palermo 200 km
            georadiusbymember nokey Palermo x yd
            georadiusbymember_ro k Palermo 200 km count 1 any desc
            geosearchstore g k frommember Palermo byradius 200 km withdist
            geosearchstore g k frommember Palermo byradius 200 km
            geosearchstore g k frommember Palermo byradius 0 km count 1 storedist
            zrange g 0 -1 withscores
            geosearchstore g nokey frommember Palermo byradius 200 km
            exists g
            command getkeys georadius k 1 1 1 km store a storedist b
            command getkeys georadius k 1 1 1 km store a store b
            command getkeysandflags georadiusbymember k store 1 km STORE x
            command getkeys georadius k 1 1 1 km store
            set text 1
            geoadd text 1 1 a
            geodist text a b
            geopos text a
            geohash text a
            georadius text x 1 1 km
            geosearchstore text k frommember Palermo byradius 200 km
            type text
            """;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void answersByteForByteAsARealServerDoes(int protocol) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        List<String> mine = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        try (Peer peer = Peer.start();
                RunningServer ours = RunningServer.inMemory();
                Wire one = ours.connect();
                Wire other = new Wire(peer.port())) {
            one.exchange("hello " + protocol + "\r\n");
            other.exchange("hello " + protocol + "\r\n");
            for (String line : LINES.lines().toList()) {
                one.send(line + "\r\n");
                other.send(line + "\r\n");
                mine.add(line + " -> " + one.reply());
                theirs.add(line + " -> " + other.reply());
            }
        }
        assertEquals(String.join("\n", theirs), String.join("\n", mine));
    }

    @Seeded(runs = 1, longRuns = 10)
    void searchesLargeSetsAsARealServerDoes(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start();
                RunningServer ours = RunningServer.start();
                RespClient client = new RespClient(ours.port())) {
            Differential differential = new Differential(client, peer, seed);
            for (int left = PLACES; left > 0; ) {
                List<String> add = new ArrayList<>(List.of("geoadd", "places"));
                for (int i = 0; i < 100; i++, left--) {
                    add.addAll(List.of(longitude(random), latitude(random), "place" + left));
                }
                step(differential, add);
            }
            for (int i = 0; i < SEARCHES; i++) {
                List<String> search = new ArrayList<>(
                        List.of("geosearch", "places", "fromlonlat", longitude(random), latitude(random)));
                String size = Double.toString(Math.pow(10, random.nextDouble() * 5 - 1));
                search.addAll(random.nextBoolean() ? List.of("byradius", size) : List.of("bybox", size, size));
                search.addAll(
                        List.of("km", "withdist", "withhash", "count", Integer.toString(1 + random.nextInt(200))));
                search.addAll(random.nextBoolean() ? List.of("any") : List.of("desc"));
                step(differential, search);
            }
        }
    }

    private static void step(Differential differential, List<String> words) {
        byte[][] args = new byte[words.size()][];
        for (int i = 0; i < args.length; i++) {
            args[i] = words.get(i).getBytes(StandardCharsets.US_ASCII);
        }
        differential.step(args);
    }

    private static String longitude(Random random) {
        return Double.toString(random.nextDouble() * 360 - 180);
    }

    private static String latitude(Random random) {
        return Double.toString(random.nextDouble() * 170 - 85);
    }
}
