package io.cairn.server.crash;

import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes keys of its own, pipelined, and knows which writes were acknowledged.
 *
 * <p>One connection's commands take effect in order. So what is there after a crash must be what some prefix of its
 * operations comes to, and the prefix must reach as far as replies did: nothing lost, nothing out of order, no
 * transaction in part.
 *
 * <p>Life: {@link #write} until the server dies, {@link #settle} against what it left, and again.
 *
 * <p><i>Confined to the test's threads, one after another.</i>
 */
final class Writer {
    private static final int PIPELINED_MAX = 12;

    private final String prefix;
    private final int scratch;
    private final SplittableRandom random;
    private final List<Operation> sent = new ArrayList<>();
    private Model model = new Model();
    private int acknowledged;
    private int db;
    private volatile @Nullable Throwable failure;
    private long total;

    Writer(int number, SplittableRandom random) {
        this.prefix = "w" + number + "-";
        this.scratch = 1 + 2 * number;
        this.random = random;
    }

    /** Writes until the connection breaks. */
    void write(int port) {
        db = 0;
        try (RespClient client = new RespClient(port)) {
            while (true) {
                exchange(client, 1 + random.nextInt(PIPELINED_MAX));
            }
        } catch (IOException e) {
            return; // the server is gone: what is not acknowledged by now may or may not be there
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    /** Writes so many operations to a server that must not die. */
    void write(RespClient client, int operations) throws IOException {
        for (int i = 0; i < operations; i++) {
            exchange(client, 1);
        }
    }

    private void exchange(RespClient client, int count) throws IOException {
        int first = sent.size();
        List<Integer> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Operation operation = Operation.draw(random, prefix, scratch);
            sent.add(operation);
            int commands = operation.commands().size();
            if (operation.db() != db) {
                client.send("SELECT", operation.db());
                db = operation.db();
                commands++;
            }
            for (Object[] command : operation.commands()) {
                client.send(command);
            }
            replies.add(commands);
        }
        client.flush();
        for (int i = 0; i < count; i++) {
            for (int reply = 0; reply < replies.get(i); reply++) {
                requireNoError(client.receive(), sent.get(first + i));
            }
            acknowledged++;
            total++;
        }
    }

    private static void requireNoError(@Nullable Object reply, Operation operation) {
        if (reply instanceof RespClient.Failure refused) {
            throw new AssertionError(
                    refused.message() + " to " + operation.commands().get(0)[0]);
        }
    }

    /** Operations acknowledged since the beginning. */
    long total() {
        return total;
    }

    /** Finds the prefix that comes to what the server holds, and goes on from there. */
    void settle(Map<String, String> all) {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new AssertionError("writer " + prefix + " met an error", thrown);
        }
        Map<String, String> found = own(all);
        for (int i = 0; i < acknowledged; i++) {
            sent.get(i).effect().accept(model);
        }
        Map<String, String> promised = model.text();
        int kept = acknowledged;
        for (Map<String, String> next = promised; !next.equals(found); next = model.text()) {
            if (kept == sent.size()) {
                throw new AssertionError("writer " + prefix + ": no prefix of at least " + acknowledged + " of "
                        + sent.size() + " operations gives what is there.\n" + difference(promised, found));
            }
            sent.get(kept++).effect().accept(model);
        }
        sent.clear();
        acknowledged = 0;
    }

    private Map<String, String> own(Map<String, String> all) {
        Map<String, String> own = new TreeMap<>();
        all.forEach((key, value) -> {
            if (key.contains(prefix)) {
                own.put(key, value);
            }
        });
        return own;
    }

    private static String difference(Map<String, String> promised, Map<String, String> found) {
        StringBuilder text = new StringBuilder();
        Map<String, String> every = new TreeMap<>(promised);
        every.putAll(found);
        for (String key : every.keySet()) {
            String wanted = String.valueOf(promised.get(key));
            String got = String.valueOf(found.get(key));
            if (!wanted.equals(got)) {
                text.append(key).append("\n  promised ").append(cut(wanted));
                text.append("\n  found    ").append(cut(got)).append('\n');
            }
        }
        return text.toString();
    }

    private static String cut(String value) {
        return value.length() > 300 ? value.substring(0, 300) + "... (" + value.length() + ")" : value;
    }
}
