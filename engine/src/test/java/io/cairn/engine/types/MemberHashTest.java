package io.cairn.engine.types;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The published test vectors: the hash is on disk and may never change. */
class MemberHashTest {
    @Test
    void givesThePublishedValues() {
        assertHash(0x02CC5D05, "");
        assertHash(0x550D7456, "a");
        assertHash(0x32D153FF, "abc");
        assertHash(0xE2293B2F, "Nobody inspects the spammish repetition");
    }

    @Test
    void hashesASliceAsTheBytesAlone() {
        byte[] framed = "<<a member of some length>>".getBytes(StandardCharsets.US_ASCII);
        byte[] alone = "a member of some length".getBytes(StandardCharsets.US_ASCII);
        assertEquals(MemberHash.of(alone), MemberHash.of(framed, 2, framed.length - 2));
    }

    private static void assertHash(int expected, String text) {
        assertEquals(expected, MemberHash.of(text.getBytes(StandardCharsets.US_ASCII)), text);
    }
}
