package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.snapshot.peer.Peers;
import io.cairn.snapshot.peer.RedisProcess;
import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A real server reads in the fixtures what they are said to hold. */
class OldEncodingsIT {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> redisReadsTheSame() {
        return OldEncodings.all().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> redisReads(entry.getValue())));
    }

    private void redisReads(OldEncodings.Fixture fixture) throws IOException {
        Files.write(directory.resolve("dump.rdb"), fixture.rdb());
        try (RedisProcess redis = RedisProcess.start(directory);
                RespClient client = redis.client()) {
            Dump loaded = new Dump();
            Peers.read(client, 10, true, loaded);
            assertEquals(fixture.expected(), loaded);
        }
    }
}
