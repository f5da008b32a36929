package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Scripts find no way out, leave nothing that the next script sees, and do not end the process. */
final class ScriptSandboxIT {
    /** What no script may come by, whatever it is asked through. */
    private static final String[] FORBIDDEN = {
        "os",
        "io",
        "java",
        "debug",
        "package",
        "require",
        "module",
        "dofile",
        "loadfile",
        "getfenv",
        "setfenv",
        "newproxy",
        "print",
        "host",
        "__jthrowable__",
        "luajava"
    };

    /** Attempts to change what others see; whether they fail or not, it must stay. */
    private static final String[] CHANGES = {
        "x = 1",
        "_G.x = 1",
        "rawset(_G, 'x', 1)",
        "redis = nil",
        "redis.call = nil",
        "rawset(redis, 'call', 1)",
        "string.upper = nil",
        "rawset(string, 'upper', nil)",
        "table.insert(string, 1)",
        "table.sort(redis, function() return true end)",
        "table.remove(redis)",
        "string = nil",
        "math.floor = math.ceil",
        "setmetatable(_G, nil)",
        "setmetatable(_G, {__index = function() return 1 end})",
        "setmetatable(redis, {})",
        "setmetatable(string, {})",
        "getmetatable(_G).__index = function() return 1 end",
        "getmetatable(_G).__newindex = nil",
        "rawset(getmetatable(_G), '__index', nil)",
        "getmetatable('').__index = nil",
        "getmetatable('').__index.upper = nil",
        "getmetatable('').__call = function() end",
        "rawset(getmetatable(''), '__index', nil)",
        "rawset(getmetatable('').__index, 'upper', nil)",
        "setmetatable(getmetatable(''), {__newindex = function() end})",
        "local s = 'x' s.y = 1",
        "for k in pairs(_G) do pcall(rawset, _G, k, nil) end",
        "for k, v in pairs(redis) do pcall(function() redis[k] = nil end) end",
        "for k, v in next, string do pcall(rawset, string, k, nil) end",
        "local f = loadstring('x = 1') f()",
        "local f = loadstring('string.upper = nil') pcall(f)",
        "coroutine.wrap(function() x = 1 end)()",
        "coroutine.resume(coroutine.create(function() string.upper = nil end))",
        "xpcall(function() x = 1 end, function() y = 1 end)",
        "KEYS.x = 1 ARGV.x = 1 setmetatable(KEYS, {__index = function() return 1 end})",
        "KEYS = {1} ARGV = {2}",
        "__redis__err__handler = nil",
        "rawset(_G, '__redis__err__handler', function() return 'mine' end)",
        "redis.setresp(3)",
        "redis.call('select', '3')",
        "collectgarbage('stop')",
        "collectgarbage('setpause', 1000000)",
        "getmetatable(getmetatable(_G)).__newindex = nil",
        "string.gsub('x', '.', function() x = 1 end)",
        "table.foreach(_G, function(k) _G[k] = nil end)",
        "local t = setmetatable({}, getmetatable(_G)) t.x = 1",
        "local t = setmetatable({}, getmetatable('')) t.x = 1 t.upper = 1",
    };

    private static final String STATE = """
            local names = {}
            for name, value in pairs(_G) do names[#names + 1] = name .. type(value) end
            for _, library in ipairs({'redis', 'string', 'table', 'math', 'coroutine'}) do
              for name, value in pairs(_G[library]) do names[#names + 1] = library .. name .. type(value) end
            end
            table.sort(names)
            local bare = pcall(function() return undefined end)
            local e = redis.pcall('get')
            return {table.concat(names, ' '), tostring(bare), ('x'):upper(), math.floor(1.5), e.err,
              tostring(rawget(_G, 'x')), redis.call('get', 'where'), #KEYS, #ARGV, tostring(KEYS.x)}
            """;

    /** Values, errors and calls that once ended or may end a process that takes them lightly. */
    private static final String[] BLOWS = {
        "error({})",
        "error(setmetatable({}, {__index = function() error('x') end}))",
        "error(setmetatable({err = 'x'}, {__newindex = function() end, __index = function() error('boom') end}))",
        "error(setmetatable({err = 'x'}, {__newindex = function() end, __index = function() while true do error() end end}))",
        "error(setmetatable({}, {__tostring = function() error('x') end}))",
        "error(nil)",
        "error(function() end)",
        "error(coroutine.create(function() end))",
        "error(redis)",
        "error(_G)",
        "error({err = {}})",
        "error({err = 1})",
        "local function f() return (string.gsub('x', 'x', f)) end return f()",
        "local function f() local t = setmetatable({}, {__index = function() return f() end}) return t.x end return f()",
        "local function f() return coroutine.wrap(f)() end return f()",
        "local function f() return 1 + f() end return f()",
        "local function f() return pcall(f) end return f()",
        "local function f() return xpcall(f, f) end return f()",
        "local c c = coroutine.wrap(function() return c() end) return c()",
        "return string.find(string.rep('a', 100000), string.rep('a?', 100000))",
        "return string.match(string.rep('a', 100000), string.rep('(a)', 40))",
        "return string.gsub('abc', '%', 'x')",
        "return string.find(string.rep('(', 100000), string.rep('(', 100000))",
        "return string.find(string.rep('a', 3000), '.-b')",
        "return string.format('%99999999d', 1)",
        "return string.format('%99.99f', -1e308)",
        "return string.format('%s%s%s', 'x')",
        "return string.format(string.rep('%', 100001))",
        "return string.rep('x', -1)",
        "return #string.rep('', 1e9)",
        "return #string.rep('xx', 2147483647)",
        "return #string.rep(1, 2147483647)",
        "return unpack({}, 1, 1e8)",
        "return unpack({}, -2147483648, 2147483647)",
        "return unpack({}, -2147483648)",
        "return unpack({}, 0/0, 1)",
        "return unpack({}, -1/0, 1/0)",
        "return {unpack({}, 1, 7000)}",
        "return string.byte(string.rep('x', 100000), 1, -1)",
        "return select(-2147483648, 1)",
        "return string.sub('x', -2147483648, 2147483647)",
        "return table.concat({}, 'x', 1, 2147483647)",
        "return table.concat({}, 'x', -2147483648, 2147483647)",
        "return string.char(-1, 256, 1e300)",
        "return math.random(-2147483648, 2147483647)",
        "return redis.call(unpack({}, 1, 7000))",
        "return table.concat({{}})",
        "return loadstring(string.rep('(', 100000))",
        "return loadstring('return ' .. string.rep('a..', 100000) .. 'a')",
        "return loadstring('local ' .. string.rep('a,', 300) .. 'a')",
        "return loadstring(string.rep('do ', 100000))",
        "return loadstring(string.dump(function() return 1 end))",
        "return loadstring('\\27Lua')",
        "local n = 0 return load(function() n = n + 1 if n == 1 then return '\\27Lua' end end)",
        "local t = {} t[1] = t return t",
        "local t = {} t.map = {} t.map.x = t return t",
        "local t = {} t.set = {[t] = true} return t",
        "local t = {} for i = 1, 5000 do t = {t} end return t",
        "local t = {} t[1] = t return redis.call('set', 'x', t)",
        "redis.setresp(3) return {map = {[0/1] = {}, [true] = 1, [{}] = function() end}}",
        "redis.setresp(3) return {double = 'x'}",
        "redis.setresp(3) return {verbatim_string = {format = 'toolong', string = 'x'}}",
        "return {ok = string.rep('x', 100000)}",
        "return {err = 'a\\r\\nb\\r\\n+OK\\r\\n'}",
        "return {ok = 'a\\r\\nb\\r\\n+OK\\r\\n'}",
        "return {big_number = '1\\r\\n2'}",
        "redis.log(redis.LOG_DEBUG, 'a\\0b\\255', 1, {}, nil)",
        "return redis.sha1hex(nil)",
        "return redis.sha1hex({})",
        "return redis.error_reply(string.rep('x', 100000))",
        "return redis.status_reply('\\0\\255')",
        "for i = 1, 20000 do coroutine.wrap(function() redis.call('ping') end)() end",
        "for i = 1, 2000 do coroutine.wrap(function() coroutine.yield(redis.call('ping')) end)() end",
        "return collectgarbage('collect')",
        "return setmetatable({1, 2}, {__index = error, __len = error, __gc = error, __metatable = error})",
        "return tostring(setmetatable({}, {__tostring = function() return 1 end}))",
        "redis.call('set', 'x', setmetatable({}, {__tostring = function() return 'x' end}))",
        "local t = {} for i = 1, 300 do t['k' .. i] = i end for k in pairs(t) do t[k .. 'x'] = 1 end",
        "return next({}, 'nokey')",
        "return redis.register_function('x', function() end)",
    };

    private static String state(Wire wire) throws IOException {
        return wire.call("EVAL", STATE, "0");
    }

    @Test
    void nothingLeadsToWhatIsOutside() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect()) {
            for (String name : FORBIDDEN) {
                for (String way : new String[] {
                    "rawget(_G, '" + name + "')",
                    "(pcall(function() return " + name + " end)) or nil",
                    "(pcall(loadstring('return " + name + "'))) or nil",
                    "(pcall(coroutine.wrap(function() return " + name + " end))) or nil",
                    "getmetatable('').__index['" + name + "']",
                    "(pcall(function() return getmetatable(_G).__index(_G, '" + name + "') end)) or nil",
                    "next({}, nil) or rawget(getmetatable(_G), '" + name + "')",
                }) {
                    assertEquals("$3\r\nnil\r\n", wire.call("EVAL", "return tostring(" + way + ")", "0"), way);
                }
            }
            // Functions and what stands behind strings are reached, but not tables that others use.
            String walk = """
                    local seen, found = {}, {}
                    local function visit(value, path)
                      if type(value) == 'userdata' then found[#found + 1] = path end
                      local meta = getmetatable(value)
                      if type(meta) == 'table' and not seen[meta] then seen[meta] = true visit(meta, path .. '^') end
                      if type(value) ~= 'table' or seen[value] then return end
                      seen[value] = true
                      for k, v in pairs(value) do visit(v, path .. '.' .. tostring(k)) end
                      for i, v in ipairs(value) do visit(v, path .. '.' .. tostring(i)) end
                    end
                    visit(_G, '_G') visit('', 's') visit(redis.call, 'c') visit(coroutine.create(visit), 't')
                    table.sort(found)
                    return found
                    """;
            String found = wire.call("EVAL", walk, "0");
            assertTrue(found.equals("*0\r\n") || found.equals("*1\r\n$13\r\n_G.cjson.null\r\n"), found);
        }
    }

    @Test
    void whatAScriptChangesTheNextDoesNotSee() throws IOException {
        try (RunningServer server = RunningServer.inMemory("--io-threads", "1");
                Wire wire = server.connect()) {
            wire.call("SET", "where", "here");
            String before = state(wire);
            assertTrue(before.startsWith("*10\r\n$"), before);
            for (String change : CHANGES) {
                wire.call("EVAL", change, "1", "k", "a");
                assertEquals(before, state(wire), change);
                wire.call("EVAL", "pcall(function() " + change + " end)", "0");
                assertEquals(before, state(wire), change);
                wire.call(
                        "FUNCTION",
                        "LOAD",
                        "REPLACE",
                        "#!lua name=l\nredis.register_function('f', function(KEYS, ARGV) " + change + " end) "
                                + change);
                wire.call(
                        "FUNCTION",
                        "LOAD",
                        "REPLACE",
                        "#!lua name=l\nredis.register_function('f', function(KEYS, ARGV) " + change + " end)");
                wire.call("FCALL", "f", "0");
                assertEquals(before, state(wire), change);
            }
            assertEquals("$4\r\nhere\r\n", wire.call("GET", "where"));
        }
    }

    @Test
    void noScriptEndsTheProcess() throws IOException {
        try (RunningServer server = RunningServer.inMemory("--io-threads", "1");
                Wire wire = server.connect()) {
            wire.call("SET", "where", "here");
            String before = state(wire);
            for (String blow : BLOWS) {
                for (String protocol : new String[] {"2", "3"}) {
                    wire.call("HELLO", protocol);
                    wire.call("EVAL", blow, "0");
                    wire.call("EVAL", "return {pcall(function() " + blow + " end)}", "0");
                    wire.call("EVAL", "return coroutine.wrap(function() " + blow + " end)()", "0");
                    wire.call(
                            "FUNCTION",
                            "LOAD",
                            "REPLACE",
                            "#!lua name=l\nredis.register_function('f', function() " + blow + " end)");
                    wire.call("FCALL", "f", "0");
                    wire.call("FUNCTION", "LOAD", "REPLACE", "#!lua name=l\n" + blow);
                    assertEquals("$3\r\nyes\r\n", wire.call("ECHO", "yes"), blow);
                }
                wire.call("HELLO", "2");
                assertEquals(before, state(wire), blow);
            }
        }
    }
}
