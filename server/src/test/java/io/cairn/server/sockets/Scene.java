package io.cairn.server.sockets;

import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Several clients of one server, who act one after another, and what they saw, as text: the same scene played on two servers
 * gives the same text, if they do the same.
 *
 * <p><i>Confined to the test's thread.</i>
 */
final class Scene implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final int port;
    private final Wire director;
    private final Map<String, Wire> clients = new TreeMap<>();
    private final Map<String, String> ids = new TreeMap<>();
    private final StringBuilder text = new StringBuilder();

    /** Over a server that is emptied first. */
    Scene(int port) throws IOException {
        this.port = port;
        director = new Wire(port);
        director.call("FLUSHALL");
    }

    private Wire client(String name) throws IOException {
        Wire known = clients.get(name);
        if (known == null) {
            known = new Wire(port);
            clients.put(name, known);
            ids.put(name, known.call("CLIENT", "ID").substring(1).strip());
        }
        return known;
    }

    private String id(String name) throws IOException {
        client(name);
        return ids.get(name);
    }

    /** A request; words are separated by one blank. */
    private static String request(String line) {
        return Wire.request(line.split(" "));
    }

    /** The line with the id of client x in the place of {@code <x>}. */
    private String withIds(String line) throws IOException {
        int at = line.indexOf('<');
        int end = line.indexOf('>');
        return at < 0 ? line : line.substring(0, at) + id(line.substring(at + 1, end)) + line.substring(end + 1);
    }

    /** A client calls and is answered something that differs from server to server. */
    void prepare(String name, String line) throws IOException {
        client(name).call(line.split(" "));
    }

    /** A client calls and is answered. */
    void call(String name, String line) throws IOException {
        note(name + " " + line, client(name).call(withIds(line).split(" ")));
    }

    /** A client calls and is not answered before something else happens. */
    void block(String name, String line) throws IOException {
        client(name).send(request(line));
        note(name + " waits " + line, "\n");
        awaitBlocked(name, true);
    }

    /** A client sends several requests in one piece and is answered each. */
    void pipeline(String name, String... lines) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line : lines) {
            all.append(request(line));
        }
        client(name).send(all.toString());
        for (String line : lines) {
            note(name + " " + line, client(name).reply());
        }
    }

    /** A client is answered what it called long ago. */
    void reply(String name) throws IOException {
        note(name + " gets", client(name).reply());
    }

    /** A client is answered what it called long ago, and that is the end of it. */
    void replyAndEnd(String name) throws IOException {
        String reply = client(name).reply();
        try {
            reply += client(name).reply();
        } catch (EOFException e) {
            reply += "(closed)";
        }
        note(name + " gets", reply);
    }

    /** Who looks on. */
    Wire director() {
        return director;
    }

    /** A client still waits. */
    void stillBlocked(String name) throws IOException {
        note(name + " still waits", isBlocked(name) + "\n");
    }

    /** A client leaves, and the server knows. */
    void leave(String name) throws IOException {
        client(name).close();
        clients.remove(name);
        String id = ids.remove(name);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (director.call("CLIENT", "LIST", "ID", id).contains("id=") && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        note(name + " leaves", "\n");
    }

    private void awaitBlocked(String name, boolean wanted) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (isBlocked(name) != wanted) {
            if (System.nanoTime() > deadline) {
                throw new IOException("client " + name + " is not blocked after " + text);
            }
        }
    }

    private boolean isBlocked(String name) throws IOException {
        return director.call("CLIENT", "LIST", "ID", id(name)).contains(" flags=b ");
    }

    private void note(String what, String seen) {
        text.append(what)
                .append(" -> ")
                .append(seen.replace("\r\n", " ").strip())
                .append('\n');
    }

    /** What was seen. */
    String text() {
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        for (Wire client : clients.values()) {
            client.close();
        }
        director.close();
    }
}
