package io.cairn.server.script;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Libraries;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import io.cairn.server.command.functions.FunctionEngine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The functions of all libraries, as they stand beside the keyspace at the moment.
 *
 * <p>Libraries are rows, which change by commands, a primary's stream, or as a whole with a full synchronisation. So what is found
 * here holds for one state of them, and is found anew when they have changed. A function is called by its name in whatever
 * case.
 *
 * <p><i>Thread-safe.</i>
 */
final class Functions implements FunctionEngine {
    private static final Logger LOG = LoggerFactory.getLogger(Functions.class);

    private record State(long changes, Map<String, Function> byName) {}

    private final Scripts scripts;
    private volatile State state = new State(-1, Map.of());

    Functions(Scripts scripts) {
        this.scripts = scripts;
    }

    /** The function of that name, or null. */
    @Nullable
    Function find(Turn turn, String name) {
        if (turn.isExclusive()) {
            return read(turn).get(folded(name)); // the turn may have changed libraries itself
        }
        State now = state;
        long changes = turn.handle().systemChanges();
        if (now.changes() != changes) {
            now = new State(changes, read(turn));
            state = now;
        }
        return now.byName().get(folded(name));
    }

    private Map<String, Function> read(Turn turn) {
        Map<String, Function> found = new HashMap<>();
        for (FunctionLibrary library : Libraries.all(turn)) {
            for (Function function : load(library)) {
                found.put(folded(function.name()), function);
            }
        }
        return found;
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Functions of a library that is kept. Whoever gave it found it sound, perhaps with an engine that knows more. */
    private List<Function> load(FunctionLibrary library) {
        try {
            return scripts.with(interpreter -> interpreter.functions(library));
        } catch (CommandException e) {
            LOG.warn("library of functions cannot be loaded name={} reason=\"{}\"", library.name(), e.reply());
            return List.of();
        }
    }

    @Override
    public void check(FunctionLibrary library, Collection<FunctionLibrary> others) {
        List<Function> added = scripts.with(interpreter -> interpreter.functions(library));
        if (added.isEmpty()) {
            throw new CommandException("ERR No functions registered");
        }
        for (FunctionLibrary other : others) {
            for (Function function : load(other)) {
                if (added.stream().anyMatch(one -> folded(one.name()).equals(folded(function.name())))) {
                    throw new CommandException("ERR Function " + function.name() + " already exists");
                }
            }
        }
    }

    @Override
    public List<Described> functions(FunctionLibrary library) {
        List<Described> described = new ArrayList<>();
        for (Function function : load(library)) {
            byte[] description = function.description();
            described.add(new Described(
                    function.name(),
                    description == null ? Reply.NULL : Reply.bulk(description),
                    function.flags().names()));
        }
        return described;
    }

    @Override
    public List<Running> running() {
        return scripts.runningFunctions();
    }

    @Override
    public boolean kill() {
        return scripts.kill(ScriptRun.Kind.FUNCTION);
    }
}
