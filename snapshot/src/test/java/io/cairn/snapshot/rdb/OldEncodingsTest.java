package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class OldEncodingsTest {
    @TestFactory
    Stream<DynamicTest> reads() {
        return OldEncodings.all().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertEquals(
                                entry.getValue().expected(),
                                RoundTripTest.read(
                                        entry.getValue().rdb(), RdbReadOptions.DEFAULT.withBufferBytes(1024)))));
    }

    @Test
    void readsSetListpacks() throws IOException {
        OldEncodings.Fixture fixture = OldEncodings.setListpacks();
        assertEquals(fixture.expected(), RoundTripTest.read(fixture.rdb(), RdbReadOptions.DEFAULT));
    }
}
