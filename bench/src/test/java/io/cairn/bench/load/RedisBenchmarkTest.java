package io.cairn.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.bench.load.RedisBenchmark.Outcome;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The output of redis-benchmark 7.0 is understood. */
class RedisBenchmarkTest {
    private static final String OUTPUT = """
            SET: rps=0.0 (overall: 0.0) avg_msec=-nan (overall: -nan)\r\
            SET: rps=758.1 (overall: 758123.4) avg_msec=0.8 (overall: 0.8)\r\
            ====== SET ======
              200000 requests completed in 0.26 seconds

            Summary:
              throughput summary: 772200.75 requests per second
              latency summary (msec):
                      avg       min       p50       p95       p99       max
                    0.811     0.272     0.807     1.119     2.103     5.159
            """;

    @Test
    void readsRatesAndSummary() throws IOException {
        List<String> rates = new ArrayList<>();
        Outcome outcome = RedisBenchmark.read(new StringReader(OUTPUT), rates::add);
        assertEquals(List.of("0.0", "758123.4"), rates);
        assertEquals(new Outcome(772200.75, 0.807, 2.103, 5.159), outcome);
    }

    @Test
    void saysWhatWasPrintedInstead() {
        IOException failure = assertThrows(
                IOException.class,
                () -> RedisBenchmark.read(new StringReader("Could not connect to Redis\n"), rate -> {}));
        assertTrue(failure.getMessage().contains("Could not connect"), failure.getMessage());
    }
}
