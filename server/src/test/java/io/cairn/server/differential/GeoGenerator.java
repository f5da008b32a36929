package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws geo commands: places all over the map, close together, at its edges and beyond; areas from nothing to more than
 * the earth.
 *
 * <p><i>Thread-safe.</i>
 */
final class GeoGenerator implements CommandGenerator {
    private static final String[] LONGITUDES = {
        "0", "-0", "180", "-180", "179.99999", "-179.99999", "13.4", "13.5", "-122.4", "90", "-90", "1e-7", "45"
    };
    private static final String[] LATITUDES = {
        "0",
        "-0",
        "85.05112878",
        "-85.05112878",
        "85.05",
        "-85",
        "52.5",
        "52.51",
        "37.8",
        "66.1",
        "-66.1",
        "80.1",
        "-45"
    };
    private static final String[] RADII = {
        "0", "-0", "1", "0.001", "1e-300", "10", "500", "1000", "20000", "20037.72637", "40000", "1e20", "1e308", "inf"
    };

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> add(random);
            case 5, 6 -> distance(random);
            case 7 -> elements(random, "geohash");
            case 8 -> elements(random, "geopos");
            case 9 -> score(random);
            case 10, 11, 12 -> search(random, of(random, "geosearch").key(), false);
            case 13, 14 -> search(random, of(random, "geosearchstore").key().key(), true);
            case 15 -> radius(random, point(random, of(random, "georadius").key()), true);
            case 16 -> radius(random, point(random, of(random, "georadius_ro").key()), Draw.oneIn(random, 20));
            case 17 -> radius(random, of(random, "georadiusbymember").key().element(), true);
            case 18 -> radius(random, of(random, "georadiusbymember_ro").key().element(), Draw.oneIn(random, 20));
            default -> of(random, "zrem").key().element().element().build();
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    private static CommandBuilder point(Random random, CommandBuilder command) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> command.arg(Draw.of(random, LONGITUDES), Draw.of(random, LATITUDES));
            case 3 ->
                command.arg(number(13.4 + random.nextGaussian() / 1000), number(52.5 + random.nextGaussian() / 1000));
            case 4, 5 -> command.arg(number(random.nextInt(21) - 10), number(random.nextInt(21) - 10));
            default ->
                Draw.oneIn(random, 20)
                        ? command.arg(Draw.number(random), Draw.number(random))
                        : command.arg(number(random.nextDouble() * 360 - 180), number(random.nextDouble() * 170 - 85));
        };
    }

    private static byte[] number(double value) {
        return Draw.bytes(Double.toString(value));
    }

    private static byte[] unit(Random random) {
        return Draw.oneIn(random, 40)
                ? Draw.word(random)
                : Draw.anyCase(random, new String[] {"m", "km", "km", "ft", "mi"}[random.nextInt(5)]);
    }

    private static byte[] length(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> Draw.number(random);
            case 1, 2, 3 -> Draw.of(random, RADII);
            default -> number(Math.pow(10, random.nextDouble() * 7 - 2));
        };
    }

    private static byte[][] add(Random random) {
        CommandBuilder add = of(random, "geoadd").key();
        for (int options = Draw.oneIn(random, 2) ? random.nextInt(3) : 0; options > 0; options--) {
            add.arg(Draw.anyCase(random, new String[] {"nx", "xx", "ch"}[random.nextInt(3)]));
        }
        int places = Draw.oneIn(random, 2) ? 1 : 1 + random.nextInt(Draw.oneIn(random, 10) ? 200 : 8);
        boolean together = Draw.oneIn(random, 4);
        byte[] longitude = Draw.of(random, LONGITUDES);
        byte[] latitude = Draw.of(random, LATITUDES);
        for (int left = places; left > 0; left--) {
            if (together) {
                add.arg(longitude, latitude);
            } else if (places > 8) {
                add.arg(number(random.nextDouble() * 360 - 180), number(random.nextInt(170) - 85));
            } else {
                point(random, add);
            }
            if (Draw.oneIn(random, places > 8 ? 2 : 12)) {
                add.value();
            } else {
                add.element();
            }
        }
        return add.build();
    }

    private static byte[][] distance(Random random) {
        CommandBuilder distance = of(random, "geodist").key().element().element();
        if (random.nextBoolean()) {
            distance.arg(unit(random));
        }
        return distance.build();
    }

    private static byte[][] elements(Random random, String name) {
        CommandBuilder command = of(random, name).key();
        for (int left = random.nextInt(4); left > 0; left--) {
            command.element();
        }
        return command.build();
    }

    /** A score that is no place. */
    private static byte[][] score(Random random) {
        return of(random, "zadd").key().arg(Draw.number(random)).element().build();
    }

    private static byte[][] search(Random random, CommandBuilder search, boolean store) {
        boolean areaFirst = Draw.oneIn(random, 5);
        if (areaFirst) {
            area(random, search);
        }
        if (random.nextBoolean()) {
            search.word("frommember").element();
        }
        if (Draw.oneIn(random, 40) || random.nextBoolean()) {
            point(random, search.word("fromlonlat"));
        }
        if (!areaFirst || Draw.oneIn(random, 20)) {
            area(random, search);
        }
        return options(random, search, store ? 20 : 2)
                .maybe(store ? 2 : 40, "storedist")
                .build();
    }

    private static void area(Random random, CommandBuilder search) {
        if (random.nextBoolean()) {
            search.word("byradius").arg(length(random), unit(random));
        } else {
            search.word("bybox").arg(length(random), length(random), unit(random));
        }
    }

    private static byte[][] radius(Random random, CommandBuilder radius, boolean mayStore) {
        radius.arg(length(random), unit(random));
        boolean stores = mayStore && random.nextBoolean();
        options(random, radius, stores ? 20 : 2);
        if (stores) {
            radius.word(random.nextBoolean() ? "store" : "storedist").key();
        }
        if (mayStore && Draw.oneIn(random, 20)) {
            radius.word("storedist").key();
        }
        return radius.build();
    }

    private static CommandBuilder options(Random random, CommandBuilder command, int withOneIn) {
        command.maybe(withOneIn, "withdist").maybe(withOneIn, "withhash").maybe(withOneIn, "withcoord");
        command.maybe(4, "asc").maybe(4, "desc");
        if (Draw.oneIn(random, 3)) {
            command.word("count")
                    .arg(
                            Draw.oneIn(random, 12)
                                    ? Draw.integer(random)
                                    : Draw.bytes(Integer.toString(1 + random.nextInt(Draw.oneIn(random, 3) ? 60 : 5))))
                    .maybe(3, "any");
        }
        return command.maybe(40, "any");
    }
}
