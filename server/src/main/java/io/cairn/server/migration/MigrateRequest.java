package io.cairn.server.migration;

import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of MIGRATE.
 *
 * <p><i>Immutable.</i>
 *
 * @param password null if the target asks for none; {@code user} likewise
 */
record MigrateRequest(
        String host,
        int port,
        int db,
        long timeoutMillis,
        boolean copy,
        boolean replace,
        byte @Nullable [] user,
        byte @Nullable [] password,
        List<byte[]> keys) {
    private static final int KEY = 3;
    private static final long DEFAULT_TIMEOUT_MILLIS = 1000;

    static MigrateRequest parse(Call call) {
        boolean copy = false;
        boolean replace = false;
        byte[] user = null;
        byte[] password = null;
        List<byte[]> keys = List.of(call.arg(KEY));
        for (int at = 6; at < call.count(); at++) {
            int more = call.count() - at - 1;
            if (call.is(at, "copy")) {
                copy = true;
            } else if (call.is(at, "replace")) {
                replace = true;
            } else if (call.is(at, "auth") && more >= 1) {
                password = call.arg(++at);
            } else if (call.is(at, "auth2") && more >= 2) {
                user = call.arg(++at);
                password = call.arg(++at);
            } else if (call.is(at, "keys")) {
                if (call.arg(KEY).length > 0) {
                    throw new CommandException("ERR When using MIGRATE KEYS option, the key argument must be set to the"
                            + " empty string");
                }
                keys = Arrays.asList(call.args()).subList(at + 1, call.count());
                break;
            } else {
                throw CommandException.syntax();
            }
        }
        long timeout = call.integer(5);
        int db = (int) call.integer(4);
        int port = port(call.text(2));
        return new MigrateRequest(
                call.text(1),
                port,
                db,
                timeout <= 0 ? DEFAULT_TIMEOUT_MILLIS : timeout,
                copy,
                replace,
                user,
                password,
                keys);
    }

    /** As C's atoi reads it. */
    private static int port(String text) {
        int end = 0;
        while (end < text.length() && end < 9 && Character.digit(text.charAt(end), 10) >= 0) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(text.substring(0, end)) & 0xFFFF;
    }

    /** Under which its connections are kept. */
    String address() {
        return host + ":" + port;
    }
}
