-- Runs in a new Lua state before any script, and makes what scripts see of it.
--
-- Scripts get an environment of their own instead of the real globals: tables that cannot be changed, because what a script
-- leaves behind others would find. Lua 5.1 knows no such tables, so a script holds an empty one in front of each (`frozen`),
-- and the functions that look past metatables (next, rawget, table.insert, ...) are wrapped to respect that.
--
-- The host may end a script at any time by the error `host.stop`; no pcall of the script's may hold it up.
local host = ...
local stop, tick = host.stop, host.tick

local collectgarbage, error, getmetatable, load, loadstring, next, pairs, pcall, rawget, rawset, select, setfenv, setmetatable, tonumber, tostring, type, unpack, xpcall =
    collectgarbage, error, getmetatable, load, loadstring, next, pairs, pcall, rawget, rawset, select, setfenv, setmetatable, tonumber, tostring, type, unpack, xpcall
local getinfo, sethook = debug.getinfo, debug.sethook
local byte, find, gmatch, gsub = string.byte, string.find, string.gmatch, string.gsub
local match, rep, sub = string.match, string.rep, string.sub
local insert, concat = table.insert, table.concat
local create, resume, wrap = coroutine.create, coroutine.resume, coroutine.wrap

local READ_ONLY = "Attempt to modify a readonly table"

-- ---- tables that cannot be changed

local behind = {} -- what stands behind a frozen table
local shown = {} -- what getmetatable shows of it

local function refuse()
  error(READ_ONLY, 2)
end

local function frozen(fields)
  local front = setmetatable({}, { __index = fields, __newindex = refuse })
  behind[front] = fields
  return front
end

local function missing(_, name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end

-- ---- standard functions, as scripts get them

local standard = {}
for _, name in pairs({
  "assert", "error", "gcinfo", "ipairs", "rawequal", "select", "tonumber", "tostring", "type", "_VERSION",
}) do
  standard[name] = _G[name]
end

function standard.next(t, key)
  return next(behind[t] or t, key)
end

function standard.pairs(t)
  if behind[t] then
    return standard.next, t, nil
  end
  return pairs(t)
end

function standard.rawget(t, key)
  return rawget(behind[t] or t, key)
end

function standard.rawset(t, key, value)
  if behind[t] then
    error(READ_ONLY, 0)
  end
  return rawset(t, key, value)
end

function standard.setmetatable(t, meta)
  if behind[t] then
    error(READ_ONLY, 0)
  end
  return setmetatable(t, meta)
end

-- Lua's own overruns its stack when asked for 2^32 values.
local MOST_UNPACKED = 8000

function standard.unpack(t, first, last)
  if (first ~= nil or last ~= nil) and type(t) == "table" then
    local count = (tonumber(last) or #t) - (tonumber(first) or 1)
    if not (count < MOST_UNPACKED) then
      error("too many results to unpack", 2)
    end
  end
  return unpack(t, first, last)
end

local of_strings

function standard.getmetatable(object)
  if type(object) == "string" then
    return of_strings
  elseif behind[object] then
    return shown[object]
  end
  return getmetatable(object)
end

-- A script may ask how much is in use and have it collected, not stop the collector.
function standard.collectgarbage(option, ...)
  if option == nil or option == "collect" or option == "count" or option == "step" then
    return collectgarbage(option, ...)
  end
  return 0
end

-- ---- errors

-- Where C's levels are used up, no hook can run, and a script that goes on there would never end: it is asked here instead.
local function at_the_limit(reason)
  if type(reason) == "string" and (find(reason, "stack overflow", 1, true) or reason == "error in error handling") then
    tick()
  end
end

local function settle(ok, ...)
  if ok then
    return true, ...
  end
  local reason = ...
  at_the_limit(reason)
  if reason == stop then
    error(stop, 0)
  elseif type(reason) == "table" and rawget(reason, "err") ~= nil then
    return false, reason.err
  end
  return false, ...
end

function standard.pcall(...)
  return settle(pcall(...))
end

local function unless_stopped(ok, ...)
  if not ok then
    local reason = ...
    at_the_limit(reason)
    if reason == stop then
      error(stop, 0)
    end
  end
  return ok, ...
end

function standard.xpcall(f, handle)
  return unless_stopped(xpcall(f, function(reason)
    if reason == stop then
      return stop
    end
    return handle(reason)
  end))
end

-- Finds where in the script an error was raised: above the C function that raised it and what stands here.
local function described(reason)
  if reason == stop then
    return stop
  end
  local level, in_c = 2, false
  local info = getinfo(level, "Sl")
  while info and (info.source == "=cairn" or info.what == "tail" or info.what == "C" and not in_c) do
    in_c = in_c or info.what == "C"
    level = level + 1
    info = getinfo(level, "Sl")
  end
  if type(reason) ~= "table" then
    reason = tostring(reason)
    if info then -- an error of a standard function that is wrapped here is the script's
      local place = sub(info.source, 2) .. ":" .. info.currentline .. ": "
      reason = gsub(reason, "^cairn:%d+: ", (gsub(place, "%%", "%%%%")), 1)
    end
    reason = { err = "ERR " .. reason }
  elseif type(rawget(reason, "err")) ~= "string" then
    reason = { err = "ERR unknown error" }
  end
  if info then
    rawset(reason, "source", info.source)
    rawset(reason, "line", info.currentline)
  end
  return reason
end

-- What the host reads of an error must not call what the script has put behind the table.
local function plainly(ok, ...)
  if ok then
    return true, ...
  end
  local reason = ...
  if reason == stop or type(reason) ~= "table" then
    return false, { err = "ERR error in error handling" }
  end
  local err, source, line = rawget(reason, "err"), rawget(reason, "source"), rawget(reason, "line")
  if type(err) ~= "string" then
    err = "ERR unknown error"
  end
  if type(source) ~= "string" or type(line) ~= "number" then
    line = nil
  end
  return false, { err = err, source = source, line = line }
end

-- ---- code that a script makes

local environment -- of the script that runs

local function adopted(code, ...)
  if code then
    setfenv(code, environment)
  end
  return code, ...
end

function standard.loadstring(text, name)
  if type(text) == "string" and byte(text) == 27 then
    return nil, "attempt to load a compiled chunk"
  end
  return adopted(loadstring(text, name or text))
end

function standard.load(reader, name)
  local pieces = {}
  while true do
    local read, piece = pcall(reader)
    if piece == stop then
      error(stop, 0)
    elseif not read then
      return nil, piece
    elseif piece == nil or piece == "" then
      break
    elseif type(piece) ~= "string" then
      return nil, "reader function must return a string"
    end
    pieces[#pieces + 1] = piece
  end
  return standard.loadstring(concat(pieces), name or "=(load)")
end

-- ---- coroutines: a hook is one thread's

local TICK_INSTRUCTIONS = 1000

sethook(tick, "", TICK_INSTRUCTIONS)

local function watched(thread)
  sethook(thread, tick, "", TICK_INSTRUCTIONS)
  return thread
end

local routines = {}
for name, f in pairs(coroutine) do
  routines[name] = f
end

function routines.create(f)
  return watched(create(f))
end

function routines.resume(thread, ...)
  return unless_stopped(resume(thread, ...))
end

local function passed_on(ok, ...)
  if ok then
    return ...
  end
  local reason = ...
  at_the_limit(reason)
  if type(reason) == "string" then
    local info = getinfo(3, "Sl")
    if info and info.currentline > 0 then
      reason = sub(info.source, 2) .. ":" .. info.currentline .. ": " .. reason
    end
  end
  error(reason, 0)
end

function routines.wrap(f)
  local thread = watched(create(f))
  return function(...)
    return passed_on(resume(thread, ...))
  end
end

-- ---- libraries

local tables = {}
for name, f in pairs(table) do
  tables[name] = f
end

function tables.insert(t, ...)
  if behind[t] then
    error(READ_ONLY, 0)
  end
  return insert(t, ...)
end

host.arguments = host.parts.arguments()
host.numbers = host.parts.numbers()

local numeric = host.parts.random(host)
for name, f in pairs(math) do
  numeric[name] = numeric[name] or f
end

local texts = {}
for name, f in pairs(string) do
  texts[name] = f
end

-- Matching goes a level deeper in C for each item of a pattern, and nothing else would keep it within the stack.
local PATTERN_BYTES = 10000

local function bounded(pattern)
  if type(pattern) == "string" and #pattern > PATTERN_BYTES then
    error("pattern too complex", 3)
  end
  return pattern
end

function texts.find(text, pattern, ...)
  return find(text, bounded(pattern), ...)
end

function texts.gmatch(text, pattern)
  return gmatch(text, bounded(pattern))
end

function texts.gsub(text, pattern, ...)
  return gsub(text, bounded(pattern), ...)
end

function texts.match(text, pattern, ...)
  return match(text, bounded(pattern), ...)
end

texts.gfind = texts.gmatch

-- What takes long in C cannot be ended, and what takes all memory should not begin.
local REPEATED_BYTES = 512 * 1024 * 1024

function texts.rep(text, count)
  if type(text) == "number" then
    text = tostring(text)
  end
  if type(text) == "string" and tonumber(count) then
    if text == "" then
      return ""
    elseif #text * tonumber(count) > REPEATED_BYTES then
      error("resulting string too large", 2)
    end
  end
  return rep(text, count)
end

standard.coroutine = frozen(routines)
standard.math = frozen(numeric)
standard.string = frozen(texts)
standard.table = frozen(tables)
for name, chunk in pairs(host.libraries) do
  standard[name] = frozen(chunk(host))
end

local strings = getmetatable("")
strings.__index = standard.string
of_strings = frozen(strings)

-- ---- redis

local function reply_of(field, ...)
  local text = ...
  if select("#", ...) ~= 1 or type(text) ~= "string" then
    return { err = "ERR wrong number or type of arguments" }
  end
  return { [field] = text }
end

local api = {
  call = host.call,
  pcall = host.pcall,
  log = host.log,
  sha1hex = host.sha1hex,
  setresp = host.setresp,
  set_repl = host.set_repl,
  acl_check_cmd = host.acl_check_cmd,
  LOG_DEBUG = 0,
  LOG_VERBOSE = 1,
  LOG_NOTICE = 2,
  LOG_WARNING = 3,
  REPL_NONE = 0,
  REPL_AOF = 1,
  REPL_SLAVE = 2,
  REPL_REPLICA = 2,
  REPL_ALL = 3,
  REDIS_VERSION = host.version,
  REDIS_VERSION_NUM = host.version_number,
}

function api.status_reply(...)
  return reply_of("ok", ...)
end

function api.error_reply(...)
  local reply = reply_of("err", ...)
  local text = reply.err
  if byte(text) == 45 then -- a minus sign
    text = sub(text, 2)
  end
  if not find(text, " ", 1, true) then
    text = "ERR " .. text
  end
  reply.err = text
  return reply
end

-- Effects are always what is replicated.
function api.replicate_commands()
  return true
end

-- There is no debugger.
function api.breakpoint()
  return false
end

function api.debug() end

-- ---- environments

local function environment_of(fields)
  for name, value in pairs(standard) do
    fields[name] = value
  end
  setmetatable(fields, { __index = missing })
  local front = frozen(fields)
  fields._G = front
  shown[front] = frozen({ __index = missing })
  return front
end

local script_fields = { redis = frozen(api), __redis__err__handler = described }
local scripts = environment_of(script_fields)

local function_api = {}
for name, value in pairs(api) do
  function_api[name] = value
end
function_api.breakpoint, function_api.debug, function_api.replicate_commands = nil, nil, nil

local functions = environment_of({ redis = frozen(function_api) })

-- While a library is loaded, its code registers functions and sees nothing else; the functions see `functions`.
local loading_api = { register_function = host.register_function }
for _, name in pairs({ "log", "LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING", "REDIS_VERSION", "REDIS_VERSION_NUM" }) do
  loading_api[name] = api[name]
end
setmetatable(loading_api, { __index = missing })
local while_loading = setmetatable({ redis = frozen(loading_api) }, { __index = missing })

-- ---- what the host calls

local compiled = {} -- by the script's digest

local entry = {}

function entry.keep(digest, code)
  compiled[digest] = setfenv(code, scripts)
end

function entry.run(digest, keys, args)
  environment = scripts
  script_fields.KEYS, script_fields.ARGV = keys, args
  return plainly(xpcall(compiled[digest], described))
end

-- Runs a library's code, which registers functions by `host.register_function`.
function entry.load(code)
  setfenv(code, functions)
  local seen = getmetatable(functions)
  local all = seen.__index
  seen.__index = while_loading
  local ok, result = xpcall(code, described)
  seen.__index = all
  return plainly(ok, result)
end

function entry.call(f, keys, args)
  environment = functions
  return plainly(xpcall(function()
    return f(keys, args)
  end, described))
end

return entry
