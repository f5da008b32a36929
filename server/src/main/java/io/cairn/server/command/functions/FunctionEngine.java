package io.cairn.server.command.functions;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.server.command.Reply;
import java.util.Collection;
import java.util.List;

/**
 * What runs functions, as far as the commands that keep their libraries need it.
 *
 * <p><i>Thread-safe.</i>
 */
public interface FunctionEngine {
    /**
     * A function of a library.
     *
     * @param name letters, digits and underscores
     * @param description what the library says of it, or null
     * @param flags names of its flags
     */
    record Described(String name, Reply description, Reply flags) {}

    /**
     * A function that runs.
     *
     * @param name of the function
     * @param command the call's arguments
     * @param millis for how long
     */
    record Running(String name, List<byte[]> command, long millis) {}

    /**
     * Looks whether a library can be loaded beside others.
     *
     * @throws io.cairn.server.command.CommandException if its code fails, or a function's name is another's
     */
    void check(FunctionLibrary library, Collection<FunctionLibrary> others);

    /** The functions of a library that was checked, by name; none if it cannot be loaded any more. */
    List<Described> functions(FunctionLibrary library);

    /** The functions that run at the moment, longest first. */
    List<Running> running();

    /** Ends functions that have run for long; whether there was any. */
    boolean kill();

    /** Takes every library: whoever wrote the stream that they come from has checked them. */
    FunctionEngine TRUSTING = new FunctionEngine() {
        @Override
        public void check(FunctionLibrary library, Collection<FunctionLibrary> others) {
            // whoever wrote the stream did
        }

        @Override
        public List<Described> functions(FunctionLibrary library) {
            return List.of();
        }

        @Override
        public List<Running> running() {
            return List.of();
        }

        @Override
        public boolean kill() {
            return false;
        }
    };
}
