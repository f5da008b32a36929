-- What the libraries say when an argument is wrong, in the words of Lua's own C interface.
--
-- A function of a library either checks its arguments itself (number, integer, text), or runs its work under pcall, where stop
-- and refuse end the work, and passes what that failed with to raise. Either way it is the script's line that is blamed, not one
-- of the library.

local error, next, tonumber, tostring, type = error, next, tonumber, tostring, type
local ceil, floor = math.ceil, math.floor
local info = debug.getinfo

local arguments = {}

-- Names of the libraries' functions, as long as there are any: after a tail call no call site tells them.
local names = setmetatable({}, { __mode = "k" })

-- What a piece of work failed with; any other error passes as it is.
local fault = {}

local TWO_TO_63 = 2 ^ 63

-- Blames an argument of the function at this level: 2 is the caller of this one.
local function blame(index, text, level)
  local call = info(level, "nf")
  local name = call.name
  if call.namewhat == "method" then
    index = index - 1
    if index == 0 then
      error("calling '" .. name .. "' on bad self (" .. text .. ")", level + 1)
    end
  end
  if not name then
    local caller = info(level + 1, "S")
    name = caller and caller.what == "tail" and names[call.func] or "?"
  end
  error("bad argument #" .. index .. " to '" .. name .. "' (" .. text .. ")", level + 1)
end

-- What a wrong argument should have been; count is the number of arguments that were given.
local function expected(what, index, count, value)
  return what .. " expected, got " .. (index > count and "no value" or type(value))
end

-- The number or the string that a value is or can be read as, or nil.
local function to_number(value)
  local kind = type(value)
  if kind == "number" then
    return value
  end
  return kind == "string" and tonumber(value) or nil
end

local function to_text(value)
  local kind = type(value)
  if kind == "string" then
    return value
  end
  return kind == "number" and tostring(value) or nil
end

-- A number cut to 64 bits the way the processor does it: what does not fit becomes the least of all.
local function to_integer(number)
  local integer = number < 0 and ceil(number) or floor(number)
  if integer >= -TWO_TO_63 and integer < TWO_TO_63 then
    return integer
  end
  return -TWO_TO_63
end

arguments.expected = expected
arguments.to_number = to_number
arguments.to_text = to_text

-- Keeps the names of a library's functions and gives the library back.
function arguments.named(library)
  for name, value in next, library do
    if type(value) == "function" then
      names[value] = name
    end
  end
  return library
end

-- Fails in the name of the library's function that calls this.
function arguments.fail(index, text)
  blame(index, text, 3)
end

function arguments.number(index, count, value)
  local number = to_number(value)
  if not number then
    blame(index, expected("number", index, count, value), 3)
  end
  return number
end

function arguments.integer(index, count, value)
  local number = to_number(value)
  if not number then
    blame(index, expected("number", index, count, value), 3)
  end
  return to_integer(number)
end

function arguments.text(index, count, value)
  local text = to_text(value)
  if not text then
    blame(index, expected("string", index, count, value), 3)
  end
  return text
end

-- Ends the work with this text.
function arguments.stop(text)
  fault.index, fault.text, fault.level = nil, text, 3
  error(fault)
end

-- Ends the work with this text as it is, without the script's line.
function arguments.stop_plainly(text)
  fault.index, fault.text, fault.level = nil, text, 0
  error(fault)
end

-- Ends the work because of this argument.
function arguments.refuse(index, text)
  fault.index, fault.text = index, text
  error(fault)
end

-- Fails in the name of the library's function that calls this, with what its work failed with.
function arguments.raise(problem)
  if problem ~= fault then
    error(problem, 0)
  end
  if fault.index then
    blame(fault.index, fault.text, 3)
  end
  error(fault.text, fault.level)
end

return arguments
