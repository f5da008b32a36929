package io.cairn.server.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * A subject whose commands come from scripts: with keys declared or not, by {@code redis.call} or {@code redis.pcall}, alone
 * or between others.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class Scripted implements Subject {
    private static final Set<String> DIRECT = Set.of("hello", "select", "debug", "scan", "type", "multi", "exec");
    private static final String[] SCRIPTS = {
        "return redis.call(unpack(ARGV))",
        "return redis.pcall(unpack(ARGV))",
        "local ok, reply = pcall(redis.call, unpack(ARGV)) return reply",
        "redis.call('incr', 'scripted') local r = redis.pcall(unpack(ARGV)) redis.call('incr', 'scripted') return r",
        "redis.setresp(3) return redis.pcall(unpack(ARGV))",
        "return coroutine.wrap(function() return redis.pcall(unpack(ARGV)) end)()",
        "local t = {} for i, v in ipairs(ARGV) do t[i] = v end return redis.pcall(unpack(t))",
    };

    private final Subject subject;
    private final long seed;

    /** Two subjects with the same seed get the same script for the same command. */
    public Scripted(Subject subject, long seed) {
        this.subject = subject;
        this.seed = seed;
    }

    @Override
    public Object call(byte[]... args) {
        String name = new String(args[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (DIRECT.contains(name)) {
            return subject.call(args);
        }
        Random random = new Random(seed ^ Arrays.deepHashCode(args));
        String script = SCRIPTS[random.nextInt(SCRIPTS.length)];
        // A table of Lua has an order of its own, and what is in it is told apart by no comparison.
        boolean isMap = name.startsWith("x") || name.equals("lcs");
        List<byte[]> call = new ArrayList<>();
        call.add(Draw.bytes("EVAL"));
        call.add(Draw.bytes(isMap ? SCRIPTS[0] : script));
        boolean declared = args.length > 1 && random.nextBoolean();
        call.add(Draw.bytes(declared ? "1" : "0"));
        if (declared) {
            call.add(args[1]);
        }
        call.addAll(List.of(args));
        return subject.call(call.toArray(byte[][]::new));
    }

    @Override
    public void close() {
        subject.close();
    }
}
