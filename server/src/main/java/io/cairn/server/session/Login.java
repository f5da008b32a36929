package io.cairn.server.session;

import io.cairn.server.command.CommandException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Who may log in: the user {@code default}, with the password that the configuration requires.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Login {
    private static final String USER = "default";

    private volatile byte[] password = new byte[0];

    /** Nobody needs to log in. */
    public Login() {}

    /** Sets the password; empty for none. */
    public void password(byte[] required) {
        password = required.clone();
    }

    /** Whether clients must log in. */
    public boolean isRequired() {
        return password.length > 0;
    }

    /** Logs the session in. */
    public void authenticate(Session session, byte[] user, byte[] given) {
        byte[] required = password;
        boolean known = Arrays.equals(user, USER.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        // In constant time, so that nobody learns how much of a guess was right.
        boolean matches = required.length == 0 || MessageDigest.isEqual(required, given);
        if (!known || !matches) {
            throw new CommandException("WRONGPASS invalid username-password pair or user is disabled.");
        }
        session.authenticated(true, USER);
    }
}
