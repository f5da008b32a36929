package io.cairn.replication.replica;

import io.cairn.replication.ReplicationSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;

/**
 * What a replica says before it asks to synchronize, and which answers it takes.
 *
 * <p>PING first and alone; then AUTH and REPLCONF back to back, answered in order.
 *
 * <p><i>Confined to the link thread.</i>
 */
final class Handshake {
    /** An answer that ends the attempt. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /** A capability that only Cairn has: hashes of which fields expire. Redis passes over what it does not know. */
    private static final String FIELD_EXPIRY = "field-expiry";

    private enum Step {
        PING,
        AUTH,
        REPLCONF
    }

    private final ReplicationSettings settings;
    private final Queue<Step> awaited = new ArrayDeque<>();
    private boolean introduced;

    Handshake(ReplicationSettings settings) {
        this.settings = settings;
    }

    ByteBuffer ping() {
        awaited.add(Step.PING);
        return command("PING");
    }

    /** Takes an answer; returns what to send next (perhaps nothing). */
    List<ByteBuffer> answered(String line) throws RefusedException {
        Step step = awaited.remove();
        boolean error = line.startsWith("-");
        switch (step) {
            case PING -> {
                boolean authWanted = line.startsWith("-NOAUTH")
                        || line.startsWith("-NOPERM")
                        || line.toLowerCase(Locale.ROOT).startsWith("-err operation not permitted");
                if (error && !authWanted) {
                    throw new RefusedException("primary answers PING with " + line);
                }
                introduced = true;
                return introduction();
            }
            case AUTH -> {
                if (error) {
                    throw new RefusedException("primary refuses masterauth: " + line);
                }
            }
            case REPLCONF -> {} // an error means that the primary is too old to care
        }
        return List.of();
    }

    boolean isDone() {
        return introduced && awaited.isEmpty();
    }

    private List<ByteBuffer> introduction() {
        List<ByteBuffer> messages = new ArrayList<>();
        String password = settings.primaryPassword();
        String user = settings.primaryUser();
        if (password != null) {
            awaited.add(Step.AUTH);
            messages.add(user == null ? command("AUTH", password) : command("AUTH", user, password));
        }
        replconf(messages, "listening-port", Integer.toString(settings.listeningPort()));
        String ip = settings.announceIp();
        if (ip != null) {
            replconf(messages, "ip-address", ip);
        }
        replconf(messages, "capa", "eof", "capa", "psync2", "capa", FIELD_EXPIRY);
        return messages;
    }

    private void replconf(List<ByteBuffer> messages, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "REPLCONF";
        System.arraycopy(words, 0, all, 1, words.length);
        awaited.add(Step.REPLCONF);
        messages.add(command(all));
    }

    static ByteBuffer command(String... words) {
        StringBuilder text = new StringBuilder();
        text.append('*').append(words.length).append("\r\n");
        for (String word : words) {
            text.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
