package io.cairn.server.script;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.Lua;
import party.iroiro.luajava.LuaException;
import party.iroiro.luajava.lua51.Lua51;
import party.iroiro.luajava.lua51.Lua51Natives;

/**
 * One Lua state: compiles scripts, runs one at a time.
 *
 * <p>What scripts see is made by {@code prelude.lua}. A script is ended by an error that is this state's own table, which the
 * prelude lets nobody catch.
 *
 * <p><i>Confined to the thread that has borrowed it.</i>
 */
final class Interpreter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.cairn.server.script.log");
    private static final String OURS = "=cairn"; // by which the prelude knows its own code from a script's
    private static final List<String> PARTS = List.of("arguments", "numbers", "random");
    private static final List<String> LIBRARIES = List.of("bit", "cjson", "cmsgpack", "struct");
    private static final byte BINARY_CHUNK = 0x1B;
    private static final int LUA_GCCOLLECT = 2;
    private static final int LUA_GCCOUNT = 3;
    private static final int MOST_KIB = 1 << 20; // a script without end must not end the server
    private static final long LOAD_NANOS = 500_000_000;
    private static final int ERROR = -1; // what a function returns whose error is on top of the stack
    private static final String BAD_ARGUMENTS = "ERR Lua redis lib command arguments must be strings or integers";
    private static final int REPLICATION_FLAGS = 3;

    private final Lua lua = new Lua51();
    private final Lua51Natives natives = (Lua51Natives) lua.getLuaNatives();
    private final LuaValues values = new LuaValues();
    private final Set<String> compiled = new HashSet<>();
    private final int stop;
    private final int keep;
    private final int run;
    private final int loadLibrary;
    private final int callFunction;
    private final Map<String, LoadedLibrary> libraries = new HashMap<>();
    private int measured;
    private @Nullable ScriptRun current;
    private @Nullable Registration loading;

    Interpreter(String version, int versionNumber) {
        lua.openLibraries();
        lua.newTable();
        stop = lua.ref();
        load(resource("prelude"), OURS);
        pushHost(version, versionNumber);
        lua.pCall(1, 1);
        keep = takeField("keep");
        run = takeField("run");
        loadLibrary = takeField("load");
        callFunction = takeField("call");
        lua.setTop(0);
    }

    private int takeField(String name) {
        lua.getField(-1, name);
        return lua.ref();
    }

    private static byte[] resource(String name) {
        try (InputStream in = Interpreter.class.getResourceAsStream(name + ".lua")) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(byte[] code, String name) {
        lua.load(ByteBuffer.allocateDirect(code.length).put(code).flip(), name);
    }

    private void pushHost(String version, int versionNumber) {
        lua.newTable();
        lua.refGet(stop);
        lua.setField(-2, "stop");
        natives.lua_pushlightuserdata(lua.getPointer(), 0);
        lua.setField(-2, "null");
        lua.push(version);
        lua.setField(-2, "version");
        lua.push((Number) (double) versionNumber);
        lua.setField(-2, "version_number");
        give("call", state -> call(state, true));
        give("pcall", state -> call(state, false));
        give("tick", this::tick);
        give("log", this::log);
        give("sha1hex", this::sha1);
        give("setresp", this::setProtocol);
        give("set_repl", this::setReplication);
        give("acl_check_cmd", this::checkCommand);
        give("register_function", this::registerFunction);
        giveChunks("parts", PARTS);
        giveChunks("libraries", LIBRARIES);
    }

    private void giveChunks(String name, List<String> resources) {
        lua.newTable();
        for (String resource : resources) {
            load(resource(resource), OURS);
            lua.setField(-2, resource);
        }
        lua.setField(-2, name);
    }

    private void give(String name, JFunction function) {
        lua.push(state -> guarded(state, function));
        lua.setField(-2, name);
    }

    /**
     * What goes wrong in the host is the script's error, not Lua's to make up. The binding remembers each coroutine that calls the host
     * until it is told to forget it.
     */
    private int guarded(Lua state, JFunction function) {
        try {
            return function.__call(state);
        } catch (CommandException e) {
            return fail(state, e.reply());
        } catch (LuaValues.ConversionException e) {
            return fail(state, "ERR " + e.getMessage());
        } catch (LuaException e) {
            ScriptRun script = current;
            if (script == null || script.abandoned() == null) {
                throw e;
            }
            return stop(state); // it was ended while a string was made for it
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            ScriptRun script = current;
            if (script == null) {
                throw e;
            }
            // A command may have broken down halfway, and only all of the script can be taken back.
            script.abandon(e instanceof RuntimeException unexpected ? unexpected : new IllegalStateException(e));
            return stop(state);
        } finally {
            if (state != lua) {
                state.close();
            }
        }
    }

    // ---- what the server calls

    /** How many scripts were compiled here. */
    int known() {
        return compiled.size();
    }

    /**
     * Compiles a script if that has not been done here.
     *
     * @throws CommandException if it is no Lua
     */
    void compile(Script script) {
        if (compiled.contains(script.digest())) {
            return;
        }
        lua.refGet(keep);
        lua.push(script.digest());
        try {
            loadText(script.code(), "@user_script", "ERR Error compiling script (new function): ");
            lua.pCall(2, 0);
        } finally {
            lua.setTop(0);
        }
        compiled.add(script.digest());
    }

    private void loadText(byte[] code, String name, String failure) {
        if (code.length > 0 && code[0] == BINARY_CHUNK) {
            throw new CommandException(failure + "compiled chunks are not run");
        }
        try {
            load(code, name);
        } catch (LuaException e) {
            throw new CommandException(failure + e.getMessage());
        }
    }

    /**
     * Runs a script that was compiled here. If it fails, what it did before stands, as in Redis.
     *
     * @throws RuntimeException what {@link ScriptRun#abandoned} says, if it was ended before its time
     */
    Reply run(ScriptRun script, List<byte[]> keys, List<byte[]> args) {
        try {
            lua.refGet(run);
            lua.push(script.name());
            values.push(lua, keys);
            values.push(lua, args);
            current = script; // not before: it may be ended wherever Lua runs, and only there may it be
            return outcome(script, 3);
        } finally {
            current = null;
            lua.setTop(0);
        }
    }

    /** As {@link #run(ScriptRun, List, List)}, for a function. */
    Reply run(ScriptRun script, Function function, List<byte[]> keys, List<byte[]> args) {
        LoadedLibrary library = loaded(function.library());
        try {
            lua.refGet(callFunction);
            lua.refGet(library.callback(function.name()));
            values.push(lua, keys);
            values.push(lua, args);
            current = script;
            return outcome(script, 3);
        } finally {
            current = null;
            lua.setTop(0);
        }
    }

    /**
     * The functions that a library registers, by name.
     *
     * @throws CommandException if its code fails
     */
    List<Function> functions(FunctionLibrary library) {
        return loaded(library).functions();
    }

    private LoadedLibrary loaded(FunctionLibrary library) {
        LoadedLibrary known = libraries.get(library.name());
        if (known == null || !Arrays.equals(known.library().code(), library.code())) {
            LoadedLibrary now = new LoadedLibrary(library, register(library));
            if (known != null) {
                known.callbacks().forEach(lua::unref);
            }
            libraries.put(library.name(), now);
            known = now;
        }
        return known;
    }

    private Registration register(FunctionLibrary library) {
        Registration registration = new Registration(library, System.nanoTime() + LOAD_NANOS);
        loading = registration;
        try {
            lua.refGet(loadLibrary);
            loadText(library.body(), "@user_function", "ERR Error compiling function: ");
            boolean ran = ran(1);
            if (registration.isOver() || !ran) {
                throw new CommandException("ERR Error registering functions: ERR FUNCTION LOAD timeout");
            }
            if (!lua.toBoolean(-2)) {
                lua.getField(-1, "err");
                throw new CommandException("ERR Error registering functions: " + LuaValues.text(lua, -1));
            }
            return registration;
        } catch (RuntimeException e) {
            registration.callbacks().forEach(lua::unref);
            throw e;
        } finally {
            loading = null;
            lua.setTop(0);
        }
    }

    private Reply outcome(ScriptRun script, int args) {
        boolean ran = ran(args);
        RuntimeException abandoned = script.abandoned();
        if (abandoned != null) {
            throw abandoned;
        }
        if (!ran) {
            throw new IllegalStateException("a script's error was not caught where it should be");
        }
        if (!lua.toBoolean(-2)) {
            return error(script);
        }
        try {
            return LuaValues.popReply(lua, script.protocol());
        } catch (LuaValues.ConversionException e) {
            return Reply.error(String.valueOf(e.getMessage()));
        }
    }

    /** Calls the prelude, which lets no error pass but that which ends a script or library. */
    private boolean ran(int args) {
        try {
            lua.pCall(args, 2);
            return true;
        } catch (LuaException e) {
            return false;
        }
    }

    /** The error whose description by the prelude is on top of the stack. */
    private Reply error(ScriptRun script) {
        String where = "";
        lua.getField(-1, "line");
        if (!lua.isNil(-1)) {
            long line = (long) lua.toNumber(-1);
            lua.getField(-2, "source");
            where = ", on " + LuaValues.text(lua, -1) + ":" + line + ".";
            lua.pop(1);
        }
        lua.pop(1);
        lua.getField(-1, "err");
        String text = LuaValues.text(lua, -1) + " script: " + script.name() + where;
        lua.getField(-2, LuaValues.COUNTED);
        return new Reply.Error(text, lua.toBoolean(-1));
    }

    @Override
    public void close() {
        lua.close();
    }

    // ---- what scripts call

    private ScriptRun current() {
        return Objects.requireNonNull(current, "a script's function was called while no script runs");
    }

    private int stop(Lua state) {
        state.refGet(stop);
        return ERROR;
    }

    private int fail(Lua state, String text) {
        state.setTop(0);
        values.pushError(state, text);
        return ERROR;
    }

    private int tick(Lua state) {
        ScriptRun script = current;
        Registration registration = loading;
        if (script != null && isTooLarge()) {
            script.abandon(new CommandException("ERR a script that used more than " + (MOST_KIB >> 10)
                    + " MiB was ended script: " + script.name()));
        }
        boolean ends = script != null && script.mustEnd() || registration != null && registration.isLate();
        return ends ? stop(state) : 0;
    }

    private boolean isTooLarge() {
        if (kibibytes() > MOST_KIB) {
            natives.lua_gc(lua.getPointer(), LUA_GCCOLLECT, 0);
        }
        return kibibytes() > MOST_KIB;
    }

    /** What Lua has allocated, garbage included. */
    int kibibytes() {
        return natives.lua_gc(lua.getPointer(), LUA_GCCOUNT, 0);
    }

    /** By how much {@link #kibibytes} has grown since this was asked before. */
    int growth() {
        int now = kibibytes();
        int growth = now - measured;
        measured = now;
        return growth;
    }

    private int call(Lua state, boolean raises) {
        Reply reply;
        try {
            byte[][] args = arguments(state);
            reply = current().call(args);
        } catch (CommandException e) {
            reply = Reply.error(e.reply());
        }
        if (reply == null) {
            return stop(state);
        }
        state.setTop(0);
        values.push(state, reply, current().protocol());
        return raises && reply instanceof Reply.Error ? ERROR : 1;
    }

    private static byte[][] arguments(Lua state) {
        int count = state.getTop();
        if (count == 0) {
            throw new CommandException("ERR Please specify at least one argument for this redis lib call");
        }
        byte[][] args = new byte[count][];
        for (int i = 0; i < count; i++) {
            byte[] arg = LuaValues.argument(state, i + 1);
            if (arg == null) {
                throw new CommandException(BAD_ARGUMENTS);
            }
            args[i] = arg;
        }
        return args;
    }

    private int checkCommand(Lua state) {
        boolean may = current().mayCall(arguments(state));
        state.push(may);
        return 1;
    }

    private int registerFunction(Lua state) {
        Registration registration = loading;
        if (registration == null) {
            return fail(state, "ERR redis.register_function can only be called on FUNCTION LOAD command");
        }
        registration.add(state);
        return 0;
    }

    private int log(Lua state) {
        int count = state.getTop();
        if (count < 2) {
            return fail(state, "ERR redis.log() requires two arguments or more.");
        }
        if (!state.isNumber(1)) {
            return fail(state, "ERR First argument must be a number (log level).");
        }
        int level = (int) state.toNumber(1);
        if (level < 0 || level > 3) {
            return fail(state, "ERR Invalid debug level.");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 2; i <= count; i++) {
            byte[] word = LuaValues.argument(state, i);
            if (word != null) {
                text.append(i > 2 ? " " : "").append(new String(word, StandardCharsets.UTF_8));
            }
        }
        switch (level) {
            case 0 -> LOG.trace("{}", text);
            case 1 -> LOG.debug("{}", text);
            case 2 -> LOG.info("{}", text);
            default -> LOG.warn("{}", text);
        }
        return 0;
    }

    private int sha1(Lua state) {
        if (state.getTop() != 1) {
            return fail(state, "ERR wrong number of arguments");
        }
        byte[] text = state.isString(1) ? state.toString(1) == null ? null : LuaValues.bytes(state, 1) : null;
        state.push(Script.digest(text == null ? new byte[0] : text));
        return 1;
    }

    private int setProtocol(Lua state) {
        if (state.getTop() != 1) {
            return fail(state, "ERR redis.setresp() requires one argument.");
        }
        double version = state.toNumber(1);
        if (version != 2 && version != 3) {
            return fail(state, "ERR RESP version must be 2 or 3.");
        }
        current().protocol((int) version);
        return 0;
    }

    /** Effects are replicated whatever a script says, since the log is the data. */
    private int setReplication(Lua state) {
        if (state.getTop() != 1) {
            return fail(state, "ERR redis.set_repl() requires two arguments.");
        }
        int flags = (int) state.toNumber(1);
        if ((flags & ~REPLICATION_FLAGS) != 0) {
            return fail(state, "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
        }
        return 0;
    }
}
