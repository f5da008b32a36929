package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
    @Test
    void hasTheCheckValueOfTheJonesPolynomial() {
        byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertEquals(0xe9c6d914c4b8d9caL, Crc64.update(0, check, 0, check.length));
    }

    @Test
    void isTheSameForEveryLengthAndAlignmentAsBitByBit() {
        byte[] bytes = new byte[200];
        new Random(7).nextBytes(bytes);
        for (int from = 0; from < 20; from++) {
            for (int to = from; to <= bytes.length; to++) {
                long expected = bitByBit(bytes, from, to);
                assertEquals(expected, Crc64.update(0, bytes, from, to - from));
                assertEquals(expected, Crc64.update(0, ByteBuffer.wrap(bytes, from, to - from)));
                ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length)
                        .put(bytes)
                        .position(from)
                        .limit(to);
                assertEquals(expected, Crc64.update(0, direct));
                assertEquals(from, direct.position());
            }
        }
    }

    @Test
    void continuesOverPieces() {
        byte[] bytes = new byte[10_000];
        new Random(8).nextBytes(bytes);
        long whole = Crc64.update(0, bytes, 0, bytes.length);
        long pieces = 0;
        for (int at = 0, step = 1; at < bytes.length; step = step * 3 % 101) {
            int part = Math.min(step, bytes.length - at);
            pieces = Crc64.update(pieces, bytes, at, part);
            at += part;
        }
        assertEquals(whole, pieces);
    }

    private static long bitByBit(byte[] bytes, int from, int to) {
        long crc = 0;
        for (int i = from; i < to; i++) {
            crc ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x95AC9329AC4BC9B5L : crc >>> 1;
            }
        }
        return crc;
    }
}
