package io.cairn.server.script;

import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import io.cairn.server.command.connection.Compatibility;
import io.cairn.server.command.functions.FunctionEngine;
import io.cairn.server.session.Session;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The scripts that were loaded, the interpreters that run them, and what runs at the moment.
 *
 * <p>There are as many interpreters as threads have run scripts at a time. Each compiles a script when it first meets it.
 *
 * <p>Scripts that came by EVAL alone are forgotten when they are many, the longest unused first; those of SCRIPT LOAD stay
 * until SCRIPT FLUSH. None outlives the process: clients load what EVALSHA does not find.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Scripts {
    private static final int MOST_UNLOADED = 500;
    private static final int MOST_COMPILED = 4 * MOST_UNLOADED;
    private static final int MOST_KEPT_KIB = 64 << 10;

    private final ScriptedCommands commands;
    private final LongSupplier busyMillis;
    private final Map<String, Script> loaded = new ConcurrentHashMap<>();
    private final Map<String, Script> evaluated = Collections.synchronizedMap(new Recent());
    private final Functions functions = new Functions(this);
    private final ConcurrentLinkedDeque<Interpreter> idle = new ConcurrentLinkedDeque<>();
    private final LongAdder luaKibibytes = new LongAdder();
    private final Set<ScriptRun> running = ConcurrentHashMap.newKeySet();

    /** Runs scripts whose commands {@code commands} runs; a script that lasts for longer than {@code busyMillis} may be killed. */
    public Scripts(ScriptedCommands commands, LongSupplier busyMillis) {
        this.commands = commands;
        this.busyMillis = busyMillis;
    }

    /** Scripts in the order of their last use; forgets the longest unused. */
    private static final class Recent extends LinkedHashMap<String, Script> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Script> eldest) {
            return size() > MOST_UNLOADED;
        }
    }

    /** The functions of libraries. */
    public FunctionEngine functions() {
        return functions;
    }

    // ---- what is loaded

    /**
     * Keeps a script for EVALSHA until it is told to forget all.
     *
     * @throws CommandException if it is no Lua
     */
    Script load(byte[] text) {
        Script script = loaded.get(Script.digest(text));
        if (script == null) {
            script = compiled(Script.of(text));
            loaded.put(script.digest(), script);
        }
        return script;
    }

    /** The script of that text, kept for EVALSHA as long as there are not many others. */
    Script evaluated(byte[] text) {
        String digest = Script.digest(text);
        Script script = find(digest);
        if (script == null) {
            script = compiled(Script.of(text));
            evaluated.put(digest, script);
        }
        return script;
    }

    private Script compiled(Script script) {
        return with(interpreter -> {
            interpreter.compile(script);
            return script;
        });
    }

    /** The script with that digest in lower case, or null. */
    @Nullable
    Script find(String digest) {
        Script script = loaded.get(digest);
        return script == null ? evaluated.get(digest) : script;
    }

    /** Forgets all scripts, and what interpreters know of them. */
    void flush() {
        loaded.clear();
        evaluated.clear();
        for (Interpreter old = idle.poll(); old != null; old = idle.poll()) {
            discard(old);
        }
    }

    /** Bytes that Lua has allocated, garbage included, as of the last run of each interpreter. */
    public long luaBytes() {
        return luaKibibytes.sum() << 10;
    }

    /** Number of scripts that EVALSHA finds. */
    public int count() {
        return loaded.size() + evaluated.size();
    }

    // ---- runs

    /** Runs a script for the client that calls. */
    Reply run(Call call, Script script, List<byte[]> keys, List<byte[]> args, boolean readOnly) {
        Session session = Session.of(call);
        Set<ScriptedCommands.Limit> limits = limits(session, script.flags(), readOnly);
        ScriptRun run = new ScriptRun(ScriptRun.Kind.SCRIPT, script.digest(), call, commands, limits, busyMillis);
        return during(run, session, interpreter -> {
            interpreter.compile(script);
            return interpreter.run(run, keys, args);
        });
    }

    /** The function of that name, in whatever case, or null. */
    @Nullable
    Function function(Call call, String name) {
        return functions.find(call.turn(), name);
    }

    /** Runs a function for the client that calls. */
    Reply run(Call call, Function function, List<byte[]> keys, List<byte[]> args, boolean readOnly) {
        Session session = Session.of(call);
        Set<ScriptedCommands.Limit> limits = limits(session, function.flags(), readOnly);
        ScriptRun run = new ScriptRun(ScriptRun.Kind.FUNCTION, function.name(), call, commands, limits, busyMillis);
        return during(run, session, interpreter -> interpreter.run(run, function, keys, args));
    }

    private Set<ScriptedCommands.Limit> limits(Session session, ScriptFlags flags, boolean readOnly) {
        String reason = commands.refuses(session, flags);
        if (reason != null) {
            throw new CommandException(reason);
        }
        if (flags.declared() && readOnly && !flags.has(ScriptFlags.Flag.NO_WRITES)) {
            throw new CommandException("ERR Can not execute a script with write flag using *_ro command.");
        }
        boolean mayNotWrite = readOnly || flags.has(ScriptFlags.Flag.NO_WRITES);
        boolean ignoresMemory = flags.has(ScriptFlags.Flag.ALLOW_OOM);
        if (mayNotWrite) {
            return ignoresMemory
                    ? Set.of(ScriptedCommands.Limit.READ_ONLY, ScriptedCommands.Limit.ALLOW_OOM)
                    : Set.of(ScriptedCommands.Limit.READ_ONLY);
        }
        return ignoresMemory ? Set.of(ScriptedCommands.Limit.ALLOW_OOM) : Set.of();
    }

    /** What is done with an interpreter. */
    interface Work<T> {
        T with(Interpreter interpreter);
    }

    <T> T with(Work<T> work) {
        Interpreter interpreter = borrow();
        try {
            return work.with(interpreter);
        } finally {
            giveBack(interpreter);
        }
    }

    /** The client's session is the script's while it runs; what the script selects there is undone behind it. */
    private Reply during(ScriptRun run, Session session, Work<Reply> work) {
        int db = session.db();
        running.add(run);
        session.scriptProtocol(2);
        try {
            return with(work);
        } finally {
            session.scriptProtocol(0);
            session.db(db);
            running.remove(run);
        }
    }

    private Interpreter borrow() {
        Interpreter interpreter = idle.poll();
        return interpreter == null ? new Interpreter(Compatibility.VERSION, Compatibility.VERSION_NUMBER) : interpreter;
    }

    private void discard(Interpreter interpreter) {
        luaKibibytes.add(-interpreter.kibibytes());
        interpreter.close();
    }

    private void giveBack(Interpreter interpreter) {
        luaKibibytes.add(interpreter.growth());
        if (interpreter.known() > MOST_COMPILED || interpreter.kibibytes() > MOST_KEPT_KIB) {
            discard(interpreter);
        } else {
            idle.push(interpreter);
        }
    }

    /** Ends what has run for long; whether there was any. */
    boolean kill(ScriptRun.Kind kind) {
        boolean any = false;
        for (ScriptRun run : running) {
            if (run.kind() == kind && run.isLong(busyMillis.getAsLong())) {
                run.kill();
                any = true;
            }
        }
        return any;
    }

    /** Whether the turn that is known as this owner of keys runs something for so long that it may be killed. */
    public boolean isBusy(int owner) {
        return !running.isEmpty()
                && running.stream().anyMatch(run -> run.isOf(owner) && run.isLong(busyMillis.getAsLong()));
    }

    List<FunctionEngine.Running> runningFunctions() {
        return running.stream()
                .filter(run -> run.kind() == ScriptRun.Kind.FUNCTION)
                .map(ScriptRun::described)
                .sorted(Comparator.comparing(FunctionEngine.Running::millis).reversed())
                .toList();
    }
}
