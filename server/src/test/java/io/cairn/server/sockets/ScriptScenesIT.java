package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Scripts among other clients: the same scenes on a real server and on ours give the same replies and effects. */
final class ScriptScenesIT {
    private interface Play {
        void on(Scene scene) throws IOException;
    }

    private static Map<String, Play> plays() {
        Map<String, Play> plays = new LinkedHashMap<>();
        plays.put("who waits is served behind the script, not in its middle", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.call("w", eval("r('lpush','k','1')r('lpush','k','2')r('lpush','k','3')return(r('llen','k'))"));
            scene.reply("a");
            scene.call("w", "LRANGE k 0 -1");
        });
        plays.put("what a script takes away again is not served", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.call("w", eval("r('lpush','k','1')return(r('lpop','k'))"));
            scene.call("w", eval("r('lpush','k','1')r('del','k')r('set','k','1')r('del','k')"));
            scene.stillBlocked("a");
            scene.call("w", eval("r('lpush','l','x')r('rename','l','k')"));
            scene.reply("a");
        });
        plays.put("several who wait, for keys of several types", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.block("b", "BRPOP k 0");
            scene.block("c", "BZPOPMIN z 0");
            scene.block("d", "XREAD BLOCK 0 STREAMS s $");
            scene.call("w", eval("r('xadd','s','1-1','f','v')r('zadd','z','1','m','2','n')r('rpush','k','1','2','3')"));
            scene.reply("a");
            scene.reply("b");
            scene.reply("c");
            scene.reply("d");
            scene.pipeline("w", "LRANGE k 0 -1", "ZRANGE z 0 -1");
        });
        plays.put("a script that fails serves with what it did", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.call("w", eval("r('rpush','k','1','2')error('fails')"));
            scene.reply("a");
            scene.call("w", eval("r('rpush','k','3')r('incr','k')"));
            scene.call("w", "LRANGE k 0 -1");
        });
        plays.put(
                "nobody waits in a script",
                scene -> scene.pipeline(
                        "w",
                        eval("return(r('blpop','k','0'))"),
                        eval("return(r('blmove','k','l','left','right','0'))"),
                        eval("return(r('bzpopmin','z','0'))"),
                        eval("r('rpush','k','1')return(r('blpop','k','0'))"),
                        eval("return(r('xread','block','0','streams','s','$'))"),
                        eval("return(r('wait','0','0'))")));
        plays.put(
                "in a transaction",
                scene -> scene.pipeline(
                        "w",
                        "MULTI",
                        "SET k 1",
                        eval("return(r('incr','k'))"),
                        "INCR k",
                        eval("r('set','x','y')return(r('incr','x'))"),
                        eval("return(r('get','x'))"),
                        "EVALSHA ffffffffffffffffffffffffffffffffffffffff 0",
                        "SCRIPT EXISTS abc",
                        "EXEC",
                        "MGET k x"));
        plays.put("who waits is served behind the transaction that has the script", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.pipeline(
                    "w",
                    "MULTI",
                    eval("r('rpush','k','1')"),
                    "LLEN k",
                    eval("return(r('lpop','k'))"),
                    "RPUSH k 2",
                    "EXEC");
            scene.reply("a");
        });
        plays.put("a script touches what is watched, if it changes it", scene -> {
            scene.pipeline("a", "SET k 1", "WATCH k");
            scene.call("w", eval("return(r('get','k'))"));
            scene.pipeline("a", "MULTI", "GET k", "EXEC", "WATCH k");
            scene.call("w", eval("r('set','k','2')r('set','k','1')"));
            scene.pipeline("a", "MULTI", "GET k", "EXEC", "WATCH k");
            scene.call("w", eval("r('incr','k')error('x')"));
            scene.pipeline("a", "MULTI", "GET k", "EXEC", "WATCH k");
            scene.pipeline("a", eval("return(r('incr','k'))"), "MULTI", "GET k", "EXEC");
        });
        plays.put("databases that a script selects are left again", scene -> {
            scene.pipeline(
                    "w",
                    eval("r('select','1')r('set','k','one')r('select','2')r('set','k','two')"),
                    "GET k",
                    eval("r('select','1')return(r('get','k'))"),
                    eval("r('select','2')error('x')"),
                    "SET k zero",
                    eval("r('select','1')local\ta=r('get','k')r('select','0')return{a,r('get','k')}"),
                    "SELECT 2",
                    eval("return(r('get','k'))"),
                    eval("return(r('move','k','3'))"),
                    "FLUSHALL");
        });
        plays.put(
                "what concerns all keys",
                scene -> scene.pipeline(
                        "w",
                        eval("for\ti=1,20\tdo\tr('set','k'..i,i)end\treturn(r('dbsize'))"),
                        eval("r('del','k3','k4')return(#r('keys','*'))"),
                        eval("r('flushdb')r('set','a','1')return(r('keys','*'))"),
                        eval("r('swapdb','0','1')r('set','b','1')return(r('dbsize'))"),
                        "DBSIZE",
                        eval("r('select','1')return(r('keys','*'))"),
                        eval("r('set','c','1')r('flushall')r('set','d','1')return(r('keys','*'))"),
                        eval("return(r('randomkey'))"),
                        eval("r('rename','d','e')return{r('exists','d'),r('exists','e')}"),
                        eval("r('rpush','l','3','1','2')r('set','w1','9')return(r('sort','l','by','w*','get','w*'))"),
                        eval("return(r('sort','l','store','m'))"),
                        "LRANGE m 0 -1"));
        plays.put("swapping and flushing in a script wakes", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.call("w", eval("r('select','1')r('rpush','k','1')r('swapdb','0','1')"));
            scene.reply("a");
            scene.call("w", "XGROUP CREATE s g $ MKSTREAM");
            scene.block("a", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
            scene.call("w", eval("r('flushall')"));
            scene.reply("a");
        });
        plays.put("messages of a script", scene -> {
            scene.call("a", "SUBSCRIBE c");
            scene.call("w", eval("r('publish','c','1')r('set','k','v')return(r('publish','c','2'))"));
            scene.reply("a");
            scene.reply("a");
            scene.call("w", eval("r('publish','c','3')error('x')"));
            scene.reply("a");
        });
        plays.put("a script whose client takes replies of the newer protocol", scene -> {
            scene.prepare("w", "HELLO 3");
            scene.pipeline(
                    "w",
                    eval("r('hset','h','f','v')return(r('hgetall','h'))"),
                    eval("redis.setresp(3)return(r('hgetall','h'))"),
                    "HGETALL h",
                    eval("redis.setresp(3)error('x')"),
                    eval("return(r('hgetall','h'))"),
                    "MULTI",
                    eval("redis.setresp(3)return(r('hgetall','h'))"),
                    "HGETALL h",
                    "EXEC");
        });
        plays.put("functions", scene -> {
            scene.prepare("w", "FUNCTION FLUSH");
            scene.pipeline(
                    "w",
                    "FUNCTION LOAD #!lua\tname=l\nredis.register_function('push',function(k,a)"
                            + "return(redis.call('rpush',k[1],unpack(a)))end)");
            scene.block("a", "BLPOP k 0");
            scene.pipeline("w", "FCALL push 1 k 1 2", "FCALL push 1 k 3", "MULTI", "FCALL push 1 k 4", "EXEC");
            scene.reply("a");
            scene.pipeline("w", "LRANGE k 0 -1", "FUNCTION DELETE l", "FCALL push 1 k 5");
        });
        return plays;
    }

    /** A call of EVAL without a blank in the script, which may call commands as {@code r}. */
    private static String eval(String script) {
        return "EVAL local\tr=redis.call\t" + script + " 0";
    }

    @Test
    void goAsOnARealServerInMemory() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            playOn(peer, server);
        }
    }

    @Seeded(runs = 1, longRuns = 20)
    void goAsOnARealServerWhereTheDiskIsWaitedFor(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            server.reluctant(new Random(seed), 3);
            playOn(peer, server);
            try (Wire wire = server.connect()) {
                assertFalse(wire.call("INFO", "stats").contains("commands_off_loop:0\r\n"), "nothing was restarted");
            }
        }
    }

    private static void playOn(Peer peer, RunningServer server) throws IOException {
        for (Map.Entry<String, Play> play : plays().entrySet()) {
            assertEquals(played(play, peer.port()), played(play, server.port()), play.getKey());
        }
    }

    @Test
    void goAsOnARealServerOnDiskAndAreLoggedAlike() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start("--appendonly", "yes", "--appendfsync", "always");
                RunningServer server = RunningServer.start("--appendfsync", "always")) {
            for (Map.Entry<String, Play> play : plays().entrySet()) {
                long theirStart = peer.appended();
                int ourStart = Logged.bytes(server).length;
                assertEquals(played(play, peer.port()), played(play, server.port()), play.getKey());
                byte[] ours = Logged.bytes(server);
                assertEquals(
                        lines(peer.appendedSince(theirStart)),
                        lines(Arrays.copyOfRange(ours, ourStart, ours.length)),
                        play.getKey());
            }
        }
    }

    /** Which database is told when differs: ours goes on with the stream's. */
    private static String lines(byte[] stream) {
        List<String> lines = Logged.lines(stream);
        lines.removeIf(line -> line.matches("(select|multi|exec|publish)\\b.*"));
        return String.join("\n", lines);
    }

    private static String played(Map.Entry<String, Play> play, int port) throws IOException {
        try (Scene scene = new Scene(port)) {
            play.getValue().on(scene);
            return scene.text();
        }
    }
}
