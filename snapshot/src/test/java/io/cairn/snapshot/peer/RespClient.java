package io.cairn.snapshot.peer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small RESP2 client. Replies are {@link String} (status), {@link Long}, {@code byte[]}, {@link List}, null or {@link
 * Failure}.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class RespClient implements AutoCloseable {
    /** An error reply. */
    public record Failure(String message) {}

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Connects to a port of this machine. */
    public RespClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(120_000);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    /** Sends a command (arguments are {@code byte[]}, or text in Latin-1) and waits for its reply. */
    public @Nullable Object call(Object... arguments) throws IOException {
        send(arguments);
        out.flush();
        return receive();
    }

    /** Like {@link #call} for a command that must neither fail nor answer null. */
    public Object succeed(Object... arguments) throws IOException {
        Object reply = Objects.requireNonNull(call(arguments), "null reply");
        if (reply instanceof Failure failure) {
            throw new AssertionError(failure.message() + " to " + arguments[0]);
        }
        return reply;
    }

    /** The reply as text. */
    public String text(Object... arguments) throws IOException {
        Object reply = succeed(arguments);
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : reply.toString();
    }

    /** The reply as a list. */
    @SuppressWarnings("unchecked")
    public List<Object> list(Object... arguments) throws IOException {
        return (List<Object>) succeed(arguments);
    }

    /** Puts a command into the send buffer. */
    public void send(Object... arguments) throws IOException {
        out.write(('*' + Integer.toString(arguments.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (Object argument : arguments) {
            byte[] bytes =
                    argument instanceof byte[] raw ? raw : argument.toString().getBytes(StandardCharsets.ISO_8859_1);
            out.write(('$' + Integer.toString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }
    }

    /** Sends what is in the buffer. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Waits for a reply. */
    public @Nullable Object receive() throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+' -> {
                return rest;
            }
            case '-' -> {
                return new Failure(rest);
            }
            case ':' -> {
                return Long.valueOf(rest);
            }
            case '$' -> {
                return rest.equals("-1") ? null : bulk(Integer.parseInt(rest));
            }
            case '*' -> {
                if (rest.equals("-1")) {
                    return null;
                }
                List<@Nullable Object> elements = new ArrayList<>();
                for (int count = Integer.parseInt(rest); count > 0; count--) {
                    elements.add(receive());
                }
                return elements;
            }
            default -> throw new IOException("reply begins with " + line);
        }
    }

    private byte[] bulk(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("connection closed within a reply");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("connection closed");
            }
            line.append((char) c);
        }
        if (in.read() != '\n' || line.length() == 0) {
            throw new IOException("bad line " + line);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
