package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same bytes to us and to a real server: the same bytes come back. */
final class TranscriptIT {
    private static Peer peer;
    private static RunningServer ours;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        peer = Peer.start();
        ours = RunningServer.inMemory();
    }

    @AfterAll
    static void stop() throws IOException {
        if (ours != null) {
            ours.close();
            peer.close();
        }
    }

    private static void assertSame(String... requests) throws IOException {
        try (Wire one = ours.connect();
                Wire other = new Wire(peer.port())) {
            one.exchange("FLUSHALL\r\n");
            other.exchange("FLUSHALL\r\n");
            List<String> mine = new ArrayList<>();
            List<String> theirs = new ArrayList<>();
            for (String request : requests) {
                String theirReply = other.exchange(request);
                String reply = one.exchange(request);
                if (!reply.equals(theirReply)) {
                    mine.add(shown(request, reply));
                    theirs.add(shown(request, theirReply));
                }
            }
            assertEquals(String.join("\n", theirs), String.join("\n", mine));
        }
    }

    private static String shown(String request, String reply) {
        return request.substring(0, Math.min(100, request.length())).strip() + " -> " + reply;
    }

    /** Each line is an inline request on the same connection. */
    private static void assertSameLines(String lines) throws IOException {
        try (Wire one = ours.connect();
                Wire other = new Wire(peer.port())) {
            one.exchange("FLUSHALL\r\n");
            other.exchange("FLUSHALL\r\n");
            List<String> mine = new ArrayList<>();
            List<String> theirs = new ArrayList<>();
            for (String line : lines.lines().toList()) {
                one.send(line + "\r\n");
                other.send(line + "\r\n");
                String theirReply = other.reply();
                String reply = one.reply();
                if (!reply.equals(theirReply)) {
                    mine.add(shown(line, reply));
                    theirs.add(shown(line, theirReply));
                }
            }
            assertEquals(String.join("\n", theirs), String.join("\n", mine));
        }
    }

    @Test
    void protocolErrors() throws IOException {
        for (String bytes : List.of(
                "*a\r\n",
                "*2147483648\r\n",
                "*-5\r\n",
                "*0\r\n",
                "\r\n\r\n",
                "*1\r\n:4\r\n",
                "*1\r\n\r\n",
                "*1\r\n$-1\r\n",
                "*1\r\n$1a\r\n",
                "*1\r\n$01\r\na\r\n",
                "*1\r\n$536870913\r\n",
                "*1\r\n$4\r\nPINGXX*1\r\n$4\r\nPING\r\n",
                "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n*1\r\n$x\r\n",
                "set \"a\r\n",
                "set 'a'b\r\n",
                "\"\\x50ING\" 'it\\'s' \r\n")) {
            assertSame(bytes);
        }
    }

    @Test
    void unknownAndMalformedCommands() throws IOException {
        assertSameLines("""
                foo
                foo a b c
                get
                get a b
                config
                config foo
                client foo bar
                object
                command getkeys get
                """);
        assertSame(Wire.request("foo", "x".repeat(200), "y".repeat(200)), Wire.request("z".repeat(300), "a\r\nb"));
    }

    @Test
    void connectionCommands() throws IOException {
        assertSameLines("""
                ping
                ping hello
                ping a b
                echo x
                select 3
                set k v
                select 0
                get k
                select 16
                select a
                select 99999999999
                auth a
                auth a b
                auth default b
                auth a b c
                hello 4
                hello a
                hello 3 foo
                hello 3 setname
                hello 2 setname 'a b'
                hello 2 auth a b
                client getname
                client setname mine
                client getname
                client setname 'a b'
                client reply foo
                client reply on
                client kill id x
                client kill 1.1.1.1:1
                client kill type foo
                client kill id 99999 skipme yes
                client kill user nobody
                client list type foo
                client list id a
                client list id
                client id 1
                client pause a
                client pause -1
                client pause 1 foo
                client unpause
                client no-evict foo
                client no-evict on
                client getredir
                reset
                client getname
                """);
    }

    @Test
    void quitClosesBehindItsReply() throws IOException {
        assertSame("ping\r\nquit\r\nping\r\n");
        assertSame(Wire.request("QUIT") + Wire.request("SET", "a", "b"));
    }

    @Test
    void replySwitches() throws IOException {
        assertSame("client reply off\r\nping\r\nset a b\r\nclient reply on\r\nping\r\n");
        assertSame("client reply skip\r\nping\r\nping x\r\n");
        assertSame("client reply skip\r\nfoo\r\nfoo\r\n");
    }

    @Test
    void transactions() throws IOException {
        assertSameLines("""
                exec
                discard
                multi
                multi
                set a 1
                incr a
                lpush a x
                get a
                exec
                multi
                foo
                set a 2
                exec
                multi
                get
                exec
                multi
                set a 3
                discard
                get a
                multi
                exec
                multi
                watch a
                exec
                watch a
                set a 4
                multi
                get a
                exec
                multi
                get a
                exec
                watch a
                unwatch
                set a 5
                multi
                get a
                exec
                multi
                select 2
                set b 1
                select 0
                exec
                get b
                select 2
                get b
                select 0
                multi
                flushall
                set c 1
                dbsize
                exec
                multi
                config set nothing 1
                ping
                shutdown
                exec
                discard
                watch
                set n x
                multi
                incr n
                set m 1
                exec
                get m
                """);
        assertSame(
                "multi\r\nset a 1\r\nget a\r\nexec\r\nget a\r\n", "watch a\r\nset a 2\r\nmulti\r\nget a\r\nexec\r\n");
    }

    @Test
    void configuration() throws IOException {
        assertSameLines("""
                config get maxmemor[y]
                config get hash-max-ziplist-v*
                config get nothing
                config get bin[d]x
                config set foo 1
                config set databases 1
                config set maxmemory foo
                config set maxmemory 1 maxmemory 2
                config set timeout foo
                config set timeout -1
                config set timeout 1 foo 2
                config get timeout
                config set timeout 7 maxmemory 1gb
                config get timeout
                config get maxmemory
                config set timeout 0 maxmemory 0
                config set hash-max-ziplist-entries 3
                hset h a 1 b 2 c 3 d 4
                object encoding h
                config get hash-max-listpack-entries
                config set hash-max-listpack-entries 512
                config set save "900 1 300 10"
                config get save
                config set save ""
                config get save
                config set save "a b"
                config set client-output-buffer-limit "normal 1 2 3"
                config get client-output-buffer-limit
                config set client-output-buffer-limit "normal 0 0 0"
                config set client-output-buffer-limit "foo 0 0 0"
                config rewrite
                config resetstat
                config set a
                config set a b c
                """);
    }

    @Test
    void databasesAndServer() throws IOException {
        assertSameLines("""
                set a 1
                swapdb 0 1
                get a
                dbsize
                swapdb 0 1
                get a
                swapdb 0 16
                swapdb a 1
                swapdb 1 b
                flushall foo
                flushdb async
                dbsize
                flushall sync
                slowlog get -2
                slowlog get a
                slowlog get 1 2
                slowlog reset
                slowlog len
                shutdown foo
                shutdown abort
                shutdown save nosave
                debug foo
                debug sleep
                debug sleep 0.01
                debug error hello
                debug populate a
                debug populate 3
                dbsize
                get key:2
                debug populate 2 k 30
                strlen k:1
                debug object nothing
                command count extra
                command getkeys set a b
                command getkeys mset a 1 b 2
                command getkeys mset a
                command getkeys ping a
                command getkeys foo b
                command getkeysandflags mset a 1
                command list filterby foo bar
                command info foo
                command docs foo
                info foo
                """);
    }

    @Test
    void resp3() throws IOException {
        try (Wire one = ours.connect();
                Wire other = new Wire(peer.port())) {
            one.exchange("hello 3\r\n");
            other.exchange("hello 3\r\n");
            for (String line : List.of(
                    "hset h a 1",
                    "hgetall h",
                    "hget h b",
                    "sadd s 1",
                    "smembers s",
                    "zadd z 1.5 m",
                    "zscore z m",
                    "zrange z 0 -1 withscores",
                    "zincrby z 1e300 m",
                    "zadd z inf n",
                    "zscore z n",
                    "get nothing",
                    "lpop nothing 3",
                    "config get maxmemory",
                    "command getkeysandflags mset a b",
                    "multi",
                    "get nothing",
                    "hgetall h",
                    "exec",
                    "watch h",
                    "hset h a 2",
                    "multi",
                    "exec")) {
                one.send(line + "\r\n");
                other.send(line + "\r\n");
                assertEquals(other.reply(), one.reply(), line);
            }
        }
    }

    @Test
    void pipelinesInAnyPieces() throws IOException {
        Random random = new Random(11);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            String key = "k" + random.nextInt(20);
            all.append(
                    switch (random.nextInt(5)) {
                        case 0 -> Wire.request("SET", key, "v" + i);
                        case 1 -> Wire.request("APPEND", key, "x".repeat(random.nextInt(100)));
                        case 2 -> "get " + key + "\r\n";
                        case 3 -> Wire.request("DEL", key);
                        default -> Wire.request("STRLEN", key);
                    });
        }
        String bytes = all.toString();
        try (Wire one = ours.connect();
                Wire other = new Wire(peer.port())) {
            one.exchange("FLUSHALL\r\n");
            other.exchange("FLUSHALL\r\n");
            for (int at = 0; at < bytes.length(); ) {
                int length = Math.min(bytes.length() - at, 1 + random.nextInt(2000));
                one.send(bytes.substring(at, at + length));
                other.send(bytes.substring(at, at + length));
                at += length;
            }
            assertEquals(other.exchange(""), one.exchange(""));
        }
    }
}
