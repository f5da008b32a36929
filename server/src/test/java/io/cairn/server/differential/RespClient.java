package io.cairn.server.differential;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A connection to whatever listens on a local port: RESP2, and RESP3 after HELLO 3.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class RespClient implements Subject {
    private static final byte[] HELLO = Draw.bytes("HELLO");

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private int protocol = 2;

    /** Connects. */
    public RespClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(120_000);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    @Override
    public Object call(byte[]... args) {
        try {
            send(args);
            out.flush();
            if (args.length == 2 && Arrays.equals(args[0], HELLO)) {
                protocol = args[1][0] - '0';
            }
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes next without having been asked for: messages to a subscriber. */
    public Object next() {
        try {
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void send(byte[]... args) throws IOException {
        ascii("*" + args.length + "\r\n");
        for (byte[] arg : args) {
            ascii("$" + arg.length + "\r\n");
            out.write(arg);
            ascii("\r\n");
        }
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Object read() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ',', '#', '(' -> line;
            case '-' -> Answers.error(rest);
            case ':' -> Long.valueOf(rest);
            case '$', '=' -> bulk(line.charAt(0), Integer.parseInt(rest));
            case '*' -> rest.equals("-1") ? none() : items(new ArrayList<>(), Integer.parseInt(rest));
            case '%' -> items(new Typed('%'), 2 * Integer.parseInt(rest));
            case '~', '>' -> items(new Typed(line.charAt(0)), Integer.parseInt(rest));
            case '_' -> NIL;
            default -> throw new IOException("no RESP: " + line);
        };
    }

    private Object bulk(char type, int length) throws IOException {
        if (length < 0) {
            return none();
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("a string of " + length + " bytes was cut short");
        }
        return type + new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Object none() throws IOException {
        if (protocol == 3) {
            throw new IOException("the null of RESP2 in RESP3");
        }
        return NIL;
    }

    private Object items(List<Object> items, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            items.add(read());
        }
        return items;
    }

    /** A map, a set or a push of RESP3: equal to no array. */
    private static final class Typed extends ArrayList<Object> {
        private static final long serialVersionUID = 1;

        private final char type;

        Typed(char type) {
            this.type = type;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Typed typed && typed.type == type && super.equals(other);
        }

        @Override
        public int hashCode() {
            return 31 * super.hashCode() + type;
        }

        @Override
        public String toString() {
            return type + super.toString();
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("connection closed after '" + line + "'");
            }
            line.append((char) c);
        }
        if (in.read() != '\n') {
            throw new IOException("no LF after CR");
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
