package io.cairn.server.script;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.server.command.CommandException;
import java.util.Collection;
import java.util.List;

/**
 * A library in one interpreter.
 *
 * @param library the library
 * @param registration what its code registered when it was run
 *     <p><i>Confined to the thread that has borrowed the interpreter.</i>
 */
record LoadedLibrary(FunctionLibrary library, Registration registration) {
    List<Function> functions() {
        return registration.functions();
    }

    /** References to its functions in the interpreter's registry. */
    Collection<Integer> callbacks() {
        return registration.callbacks();
    }

    /** Reference to a function. */
    int callback(String function) {
        Integer callback = registration.callback(function);
        if (callback == null) {
            throw new CommandException("ERR Function not found"); // its code registers one thing here, another there
        }
        return callback;
    }
}
