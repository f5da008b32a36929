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
import java.util.List;

/**
 * A connection that speaks RESP2 to whatever listens on a local port.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class RespClient implements Subject {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

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
            case '+' -> line;
            case '-' -> Answers.error(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> array(Integer.parseInt(rest));
            default -> throw new IOException("no RESP2: " + line);
        };
    }

    private Object bulk(int length) throws IOException {
        if (length < 0) {
            return NIL;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("a string of " + length + " bytes was cut short");
        }
        return "$" + new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Object array(int length) throws IOException {
        if (length < 0) {
            return NIL;
        }
        List<Object> items = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            items.add(read());
        }
        return items;
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
