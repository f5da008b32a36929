package io.cairn.server.command;

/**
 * The code of a command.
 *
 * <p>It may be abandoned at any read ({@code WouldBlockException}) and run again from the start: no effects but through
 * the call. A write command that changed something says so with {@link Call#changed()} (logged as it was called) or
 * {@link Call#propagate} (logged as something else); one that did neither is not logged.
 *
 * <p><i>Thread-safe.</i>
 */
@FunctionalInterface
public interface Handler {
    /**
     * Runs the command.
     *
     * @throws CommandException to answer with an error; everything it changed is taken back
     */
    Reply run(Call call);
}
