package io.cairn.server.migration;

import io.cairn.server.command.Numbers;
import io.cairn.server.command.keys.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys on their way over a connection, one behind the other; their replies are read when all are sent.
 *
 * <p><i>Confined to the thread that has taken the connection.</i>
 */
final class Transfer {
    private static final byte[] AUTH = ascii("AUTH");
    private static final byte[] SELECT = ascii("SELECT");
    private static final byte[] RESTORE = ascii("RESTORE");
    private static final byte[] REPLACE = ascii("REPLACE");
    private static final byte[] DEL = ascii("DEL");
    private static final byte[] LINE_END = ascii("\r\n");

    private final Target target;
    private final int db;
    private final boolean logsIn;
    private final boolean selects;
    private @Nullable String refusal; // of the login or the selection, which makes all that follow void

    /** Begins: logs in, and selects the database if need be. */
    Transfer(Target target, MigrateRequest request) throws IOException {
        this.target = target;
        this.db = request.db();
        byte[] password = request.password();
        byte[] user = request.user();
        logsIn = password != null;
        selects = target.db() != db;
        target.timeout(request.timeoutMillis());
        if (password != null && user != null) {
            send(AUTH, user, password);
        } else if (password != null) {
            send(AUTH, password);
        }
        if (selects) {
            send(SELECT, Numbers.bytes(db));
        }
    }

    /** Sends a key. */
    void restore(byte[] key, long ttlMillis, Payload payload, boolean replace) throws IOException {
        header(replace ? 5 : 4);
        argument(RESTORE);
        argument(key);
        argument(Numbers.bytes(ttlMillis));
        target.send(ByteBuffer.wrap(ascii("$" + payload.bytes() + "\r\n")));
        for (ByteBuffer piece : payload.pieces()) {
            target.send(piece);
        }
        target.send(ByteBuffer.wrap(LINE_END));
        if (replace) {
            argument(REPLACE);
        }
    }

    /** Takes back a key that was sent before and is gone by now. */
    void delete(byte[] key) throws IOException {
        send(DEL, key);
    }

    /** Reads what comes before the replies to keys. */
    void begun() throws IOException {
        for (int lines = (logsIn ? 1 : 0) + (selects ? 1 : 0); lines > 0; lines--) {
            String line = target.line();
            if (line.startsWith("-") && refusal == null) {
                refusal = line;
            }
        }
    }

    /** Reads the reply to the next key: null if the target has taken it, else its error. */
    @Nullable
    String reply() throws IOException {
        String line = target.line();
        String error = refusal != null ? refusal : line.startsWith("-") ? line : null;
        return error == null ? null : error.substring(1);
    }

    /** All keys were taken: the database is selected. */
    void done() {
        target.db(db);
    }

    private void send(byte[]... args) throws IOException {
        header(args.length);
        for (byte[] arg : List.of(args)) {
            argument(arg);
        }
    }

    private void header(int count) throws IOException {
        target.send(ByteBuffer.wrap(ascii("*" + count + "\r\n")));
    }

    private void argument(byte[] arg) throws IOException {
        byte[] length = ascii("$" + arg.length + "\r\n");
        ByteBuffer bytes = ByteBuffer.allocate(length.length + arg.length + LINE_END.length);
        target.send(bytes.put(length).put(arg).put(LINE_END).flip());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
