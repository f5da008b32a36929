package io.cairn.server.script;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.server.command.CommandException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.Lua;

/**
 * What a library registers while its code is run: calls of {@code redis.register_function}.
 *
 * <p><i>Confined to the thread that has borrowed the interpreter.</i>
 */
final class Registration {
    private static final String CALL = "redis.register_function";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");

    private final FunctionLibrary library;
    private final long deadlineNanos;
    private final Map<String, Function> functions = new TreeMap<>();
    private final Map<String, Integer> callbacks = new TreeMap<>();
    private boolean over;

    Registration(FunctionLibrary library, long deadlineNanos) {
        this.library = library;
        this.deadlineNanos = deadlineNanos;
    }

    /** Whether the code has had its time: it must end then. */
    boolean isLate() {
        over |= System.nanoTime() - deadlineNanos > 0;
        return over;
    }

    /** Whether it was found late. */
    boolean isOver() {
        return over;
    }

    List<Function> functions() {
        return List.copyOf(functions.values());
    }

    Collection<Integer> callbacks() {
        return callbacks.values();
    }

    /** Reference to a function in the interpreter's registry, or null. */
    @Nullable
    Integer callback(String function) {
        return callbacks.get(function);
    }

    /**
     * Adds the function that a call describes whose arguments are on the stack.
     *
     * @throws CommandException if it does not describe one
     */
    void add(Lua lua) {
        int count = lua.getTop();
        if (count < 1 || count > 2) {
            throw new CommandException("ERR wrong number of arguments to " + CALL);
        }
        if (count == 2) {
            byte[] name = LuaValues.argument(lua, 1);
            if (name == null) {
                throw new CommandException("ERR first argument to " + CALL + " must be a string");
            }
            if (!lua.isFunction(2)) {
                throw new CommandException("ERR second argument to " + CALL + " must be a function");
            }
            add(lua, 2, name, null, Set.of());
            return;
        }
        if (!lua.isTable(1)) {
            throw new CommandException("ERR calling " + CALL + " with a single argument is only applicable to Lua"
                    + " table (representing named arguments).");
        }
        addNamed(lua);
    }

    private void addNamed(Lua lua) {
        byte[] name = null;
        byte[] description = null;
        Set<ScriptFlags.Flag> flags = Set.of();
        int callback = 0;
        lua.pushNil();
        while (lua.next(1) != 0) {
            String key = lua.type(-2) == Lua.LuaType.STRING ? LuaValues.text(lua, -2) : "";
            switch (key) {
                case "function_name" -> name = text(lua, key);
                case "description" -> description = text(lua, key);
                case "callback" -> {
                    if (!lua.isFunction(-1)) {
                        throw new CommandException("ERR callback argument given to " + CALL + " must be a function");
                    }
                    lua.pushValue(-1);
                    lua.insert(2); // below what next needs
                    callback = 2;
                }
                case "flags" -> {
                    if (!lua.isTable(-1)) {
                        throw new CommandException(
                                "ERR flags argument to " + CALL + " must be a table representing function flags");
                    }
                    flags = flags(lua);
                }
                default -> throw new CommandException("ERR unknown argument given to " + CALL);
            }
            lua.pop(1);
        }
        if (name == null) {
            throw new CommandException("ERR " + CALL + " must get a function name argument");
        }
        if (callback == 0) {
            throw new CommandException("ERR " + CALL + " must get a callback argument");
        }
        add(lua, callback, name, description, flags);
    }

    private static byte[] text(Lua lua, String key) {
        byte[] text = LuaValues.argument(lua, -1);
        if (text == null) {
            throw new CommandException("ERR " + key + " argument given to " + CALL + " must be a string");
        }
        return text;
    }

    private static Set<ScriptFlags.Flag> flags(Lua lua) {
        List<String> names = new ArrayList<>();
        for (int i = 1; ; i++) {
            lua.rawGetI(-1, i);
            boolean ends = lua.isNil(-1);
            byte[] name = LuaValues.argument(lua, -1);
            lua.pop(1);
            if (ends) {
                break;
            }
            names.add(name == null ? "" : new String(name, StandardCharsets.UTF_8));
        }
        Set<ScriptFlags.Flag> flags = EnumSet.noneOf(ScriptFlags.Flag.class);
        for (String name : names) {
            flags.add(ScriptFlags.named(name).orElseThrow(() -> new CommandException("ERR unknown flag given")));
        }
        return flags;
    }

    private void add(
            Lua lua, int callback, byte[] nameBytes, byte @Nullable [] description, Set<ScriptFlags.Flag> flags) {
        String name = new String(nameBytes, StandardCharsets.ISO_8859_1);
        if (!NAME.matcher(name).matches()) {
            throw new CommandException("ERR Library names can only contain letters, numbers, or underscores(_) and must"
                    + " be at least one character long");
        }
        if (functions.containsKey(name)) {
            throw new CommandException("ERR Function already exists in the library");
        }
        lua.pushValue(callback);
        callbacks.put(name, lua.ref());
        functions.put(name, new Function(name, description, new ScriptFlags(true, flags), library));
    }
}
