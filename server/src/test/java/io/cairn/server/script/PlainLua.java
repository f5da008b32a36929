package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import party.iroiro.luajava.lua51.Lua51;
import party.iroiro.luajava.lua51.Lua51Natives;

/** A state of Lua 5.1 with the libraries that scripts get, and nothing else of a server. */
final class PlainLua implements AutoCloseable {
    /** The libraries have an environment of their own, which is emptied: what they need they must have taken when they were loaded. */
    private static final String LOADER = """
            environment = {}
            for name, value in pairs(_G) do environment[name] = value end
            native = { null = null }
            function install(source, name, place)
              local chunk = assert(loadstring(source, '@' .. name .. '.lua'))
              place[name] = setfenv(chunk, environment)(native)
            end
            """;

    private final Lua51 lua = new Lua51();

    private PlainLua() {}

    static PlainLua open() throws IOException {
        PlainLua interpreter = new PlainLua();
        interpreter.openLibraries();
        return interpreter;
    }

    private void openLibraries() throws IOException {
        lua.openLibraries();
        ((Lua51Natives) lua.getLuaNatives()).lua_pushlightuserdata(lua.getPointer(), 0);
        lua.setGlobal("null");
        lua.run(LOADER);
        for (String part : List.of("arguments", "numbers")) {
            install(part, "native");
        }
        for (String library : List.of("bit", "struct", "cmsgpack", "cjson")) {
            install(library, "_G");
        }
        lua.run("for name in pairs(environment) do environment[name] = nil end");
    }

    private void install(String name, String place) throws IOException {
        lua.getGlobal("install");
        try (InputStream source = PlainLua.class.getResourceAsStream(name + ".lua")) {
            lua.push(new String(source.readAllBytes(), StandardCharsets.US_ASCII));
        }
        lua.push(name);
        lua.getGlobal(place);
        lua.pCall(3, 0);
    }

    /** Runs a script that returns a list of strings. */
    List<String> run(String script) {
        lua.load(direct(Draw.bytes(script)), "@user_script");
        lua.pCall(0, 1);
        List<String> results = new ArrayList<>();
        for (int i = 1; i <= lua.rawLength(1); i++) {
            lua.rawGetI(1, i);
            results.add(StandardCharsets.ISO_8859_1.decode(lua.toBuffer(-1)).toString());
            lua.pop(1);
        }
        lua.pop(1);
        return results;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Override
    public void close() {
        lua.close();
    }
}
