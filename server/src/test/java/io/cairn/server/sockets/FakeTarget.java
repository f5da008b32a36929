package io.cairn.server.sockets;

import io.cairn.engine.stream.StreamParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A node in the test's hands that keys are sent to: it answers each command as the test says.
 *
 * <p><i>Thread-safe.</i>
 */
final class FakeTarget implements AutoCloseable {
    /** Says what is answered to a command, null for nothing at all. */
    interface Answer {
        String to(String command) throws IOException;
    }

    private final ServerSocket listener;
    private final Answer answer;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    FakeTarget(Answer answer) throws IOException {
        this.answer = answer;
        listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "target");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            listenerEnded();
        }
    }

    private static void listenerEnded() {
        // the test is over
    }

    private void serve(Socket socket) {
        try (socket) {
            StreamParser parser = new StreamParser();
            byte[] bytes = new byte[64 << 10];
            for (int read = socket.getInputStream().read(bytes);
                    read >= 0;
                    read = socket.getInputStream().read(bytes)) {
                ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(bytes, read));
                for (byte[][] next = parser.next(in); next != null; next = parser.next(in)) {
                    String command = Arrays.stream(next)
                            .map(word -> new String(word, StandardCharsets.ISO_8859_1))
                            .collect(Collectors.joining(" "));
                    heard.add(command);
                    String reply = answer.to(command);
                    if (reply != null) {
                        socket.getOutputStream().write(reply.getBytes(StandardCharsets.ISO_8859_1));
                    }
                }
            }
        } catch (IOException e) {
            listenerEnded();
        }
    }

    String port() {
        return Integer.toString(listener.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    /** All commands so far. */
    List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
