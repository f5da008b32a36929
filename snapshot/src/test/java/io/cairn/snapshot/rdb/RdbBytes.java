package io.cairn.snapshot.rdb;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts RDB streams and the blobs in them together byte by byte, right or wrong. */
final class RdbBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A stream with a header. */
    static RdbBytes rdb(int version) {
        return new RdbBytes().ascii(String.format(Locale.ROOT, "REDIS%04d", version));
    }

    /** Bytes without a header. */
    static RdbBytes bytes(int... bytes) {
        return new RdbBytes().raw(bytes);
    }

    RdbBytes raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    RdbBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    RdbBytes ascii(String text) {
        return raw(Dump.bytes(text));
    }

    RdbBytes little(int size, long value) {
        for (int i = 0; i < size; i++) {
            out.write((int) (value >> 8 * i));
        }
        return this;
    }

    RdbBytes big(int size, long value) {
        for (int i = size - 1; i >= 0; i--) {
            out.write((int) (value >> 8 * i));
        }
        return this;
    }

    RdbBytes length(long length) {
        if (length < 64) {
            return raw((int) length);
        }
        return length < 1 << 14
                ? raw(0x40 | (int) length >> 8, (int) length)
                : raw(0x80).big(4, length);
    }

    RdbBytes string(byte[] text) {
        return length(text.length).raw(text);
    }

    RdbBytes string(String text) {
        return string(Dump.bytes(text));
    }

    /** A string compressed, whether that is shorter or not. */
    RdbBytes lzf(byte[] text) {
        byte[] output = new byte[2 * text.length + 16];
        int length = new Lzf().compress(text, output, output.length);
        raw(0xC3).length(length).length(text.length);
        out.write(output, 0, length);
        return this;
    }

    RdbBytes key(int type, String name) {
        return raw(type).string(name);
    }

    byte[] done() {
        return out.toByteArray();
    }

    /** The stream with its end and checksum, which versions below 5 have none of. */
    byte[] end() {
        boolean hasChecksum = Integer.parseInt(Dump.text(out.toByteArray()).substring(5, 9)) >= 5;
        raw(0xFF);
        return hasChecksum
                ? little(8, Crc64.update(0, out.toByteArray(), 0, out.size())).done()
                : done();
    }

    /** A ziplist of entries without their first field. */
    static byte[] ziplist(byte[]... entries) {
        RdbBytes body = new RdbBytes();
        int previous = 0;
        int tail = 10;
        for (byte[] entry : entries) {
            tail = 10 + body.out.size();
            if (previous < 254) {
                body.raw(previous);
            } else {
                body.raw(254).little(4, previous);
            }
            body.raw(entry);
            previous = 10 + body.out.size() - tail;
        }
        body.raw(0xFF);
        return new RdbBytes()
                .little(4, 10 + body.out.size())
                .little(4, tail)
                .little(2, entries.length)
                .raw(body.done())
                .done();
    }

    /** A listpack of entries without their last field. */
    static byte[] listpack(byte[]... entries) {
        RdbBytes body = new RdbBytes();
        for (byte[] entry : entries) {
            body.raw(entry);
            List<Integer> back = new ArrayList<>();
            int rest = entry.length;
            int limit = 127;
            back.add(0, rest & 127);
            // 16383 takes three bytes, though two would do.
            for (int bytes = 1; entry.length > limit; bytes++) {
                rest >>= 7;
                back.set(0, back.get(0) | 128);
                back.add(0, rest & 127);
                limit = bytes == 1 ? 16382 : bytes == 2 ? 2097150 : 268435454;
            }
            back.forEach(body::raw);
        }
        body.raw(0xFF);
        return new RdbBytes()
                .little(4, 6 + body.out.size())
                .little(2, entries.length)
                .raw(body.done())
                .done();
    }

    static byte[] intset(int width, long... numbers) {
        RdbBytes set = new RdbBytes().little(4, width).little(4, numbers.length);
        for (long number : numbers) {
            set.little(width, number);
        }
        return set.done();
    }
}
