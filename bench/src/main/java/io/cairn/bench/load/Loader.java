package io.cairn.bench.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Fills a server with keys named as {@code redis-benchmark} names them ({@code key:000000000042}), through one connection,
 * {@value #BATCH} requests at a time.
 *
 * <p>Values are letters and digits that do not repeat, so that compression neither finds nor hides anything unusual.
 *
 * <p><i>Immutable.</i>
 */
public record Loader(int valueBytes, long seed) {
    private static final int BATCH = 1000;

    /** SETs the keys numbered from {@code from} up to, but without, {@code to}; returns the bytes of the requests. */
    public long load(String host, int port, long from, long to) throws IOException {
        return load(host, port, "key:", from, to);
    }

    /** The same with another beginning of the names. */
    public long load(String host, int port, String prefix, long from, long to) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            Random random = new Random(seed);
            byte[] text = letters(random, valueBytes + 4096);
            ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH * (valueBytes + 64));
            long sent = 0;
            long awaited = 0;
            for (long next = from; next < to; ) {
                batch.reset();
                int count = 0;
                for (; count < BATCH && next < to; count++, next++) {
                    append(batch, name(prefix, next), text, random.nextInt(4096));
                }
                batch.writeTo(out);
                sent += batch.size();
                // One batch is on its way while the next is made.
                expectOk(in, awaited);
                awaited = count;
            }
            expectOk(in, awaited);
            return sent;
        }
    }

    /** A key's name. */
    public static String name(String prefix, long number) {
        String digits = Long.toString(number);
        return prefix + "0".repeat(12 - digits.length()) + digits;
    }

    private void append(ByteArrayOutputStream batch, String key, byte[] text, int from) {
        batch.writeBytes(("*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n$" + valueBytes + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        batch.write(text, from, valueBytes);
        batch.write('\r');
        batch.write('\n');
    }

    private static void expectOk(InputStream in, long replies) throws IOException {
        for (long i = 0; i < replies; i++) {
            int first = in.read();
            StringBuilder rest = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("the server closed the connection");
                }
                rest.append((char) c);
            }
            if (first != '+') {
                throw new IOException("the server answered " + (char) first + rest);
            }
        }
    }

    private static byte[] letters(Random random, int count) {
        byte[] text = new byte[count];
        for (int i = 0; i < count; i++) {
            text[i] = (byte)
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".charAt(random.nextInt(64));
        }
        return text;
    }
}
