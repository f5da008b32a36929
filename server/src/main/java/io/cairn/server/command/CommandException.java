package io.cairn.server.command;

/**
 * A command ends with an error reply; what it had changed is taken back.
 *
 * <p>Carries no stack trace: it is an answer, not a fault.
 *
 * <p><i>Immutable.</i>
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An error reply; the text begins with its code: {@code ERR syntax error}. */
    public CommandException(String reply) {
        super(reply, null, false, false);
    }

    /** The text of the reply. */
    public String reply() {
        return String.valueOf(getMessage());
    }

    /** Error for a key that holds another type. */
    public static CommandException wrongType() {
        return new CommandException("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    /** Error for arguments that fit no form of the command. */
    public static CommandException syntax() {
        return new CommandException("ERR syntax error");
    }

    /** Error for an argument that is no 64-bit integer. */
    public static CommandException notInteger() {
        return new CommandException("ERR value is not an integer or out of range");
    }

    /** Error for an argument that is no double. */
    public static CommandException notFloat() {
        return new CommandException("ERR value is not a valid float");
    }
}
