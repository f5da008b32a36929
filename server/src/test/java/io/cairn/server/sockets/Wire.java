package io.cairn.server.sockets;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** A connection as bytes: what was sent, and what came back, character for character. */
final class Wire implements AutoCloseable {
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
    private static final String MARK = "<<that-was-all>>";

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = socket.getOutputStream();
    }

    /** A request as a multibulk. */
    static String request(String... words) {
        StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            request.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return request.toString();
    }

    void send(String bytes) throws IOException {
        out.write(bytes.getBytes(BYTES));
        out.flush();
    }

    /** Sends and returns the reply to the one request that it was. */
    String call(String... words) throws IOException {
        send(request(words));
        return reply();
    }

    /** Sends bytes and returns everything that comes back, with "(closed)" behind if the server closes then. */
    String exchange(String bytes) throws IOException {
        try {
            send(bytes + request("ECHO", MARK));
        } catch (SocketException e) {
            return readAll() + "(closed)"; // closed while we were sending
        }
        String expected = "$" + MARK.length() + "\r\n" + MARK + "\r\n";
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                read.write(c);
                if (c == '\n'
                        && read.size() >= expected.length()
                        && read.toString(BYTES).endsWith(expected)) {
                    String all = read.toString(BYTES);
                    return all.substring(0, all.length() - expected.length());
                }
            }
        } catch (SocketException e) {
            return read.toString(BYTES) + "(closed)"; // reset, because it had more to read from us
        }
        return read.toString(BYTES) + "(closed)";
    }

    private String readAll() throws IOException {
        try {
            return new String(in.readAllBytes(), BYTES);
        } catch (SocketException e) {
            return "";
        }
    }

    /** Whether something has come that was not read yet. */
    boolean isAnswered() throws IOException {
        return in.available() > 0;
    }

    /** One reply, whole, as it came. */
    String reply() throws IOException {
        String line = line();
        char type = line.charAt(0);
        String rest = line.substring(1, line.length() - 2);
        switch (type) {
            case '$', '=' -> {
                int length = Integer.parseInt(rest);
                if (length < 0) {
                    return line;
                }
                byte[] body = in.readNBytes(length + 2);
                if (body.length < length + 2) {
                    throw new EOFException("a string of " + length + " bytes was cut short");
                }
                return line + new String(body, BYTES);
            }
            case '*', '~', '>', '%' -> {
                StringBuilder all = new StringBuilder(line);
                int items = Integer.parseInt(rest) * (type == '%' ? 2 : 1);
                for (int i = 0; i < items; i++) {
                    all.append(reply());
                }
                return all.toString();
            }
            default -> {
                return line;
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        do {
            c = in.read();
            if (c < 0) {
                throw new EOFException("closed after '" + line + "'");
            }
            line.append((char) c);
        } while (c != '\n');
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
