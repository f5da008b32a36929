-- MessagePack: https://github.com/msgpack/msgpack/blob/master/spec.md
--
-- Packing takes the shortest form of each value: numbers without a fraction as integers, others as floats of four bytes where
-- that loses nothing; a table whose keys are exactly 1 .. n as an array. Of the format it is the older part: neither the separate type
-- for binary strings nor extensions are known.

local native = ...
local arguments, numbers = native.arguments, native.numbers
local stop, stop_plainly, raise, named = arguments.stop, arguments.stop_plainly, arguments.raise, arguments.named
local text_argument, integer_argument, fail = arguments.text, arguments.integer, arguments.fail
local halves, bytes, from_bytes = numbers.halves, numbers.bytes, numbers.from_bytes
local signed = numbers.signed
local double, from_double, single, from_single = numbers.double, numbers.from_double, numbers.single, numbers.from_single
local byte, char, format, sub = string.byte, string.char, string.format, string.sub
local concat = table.concat
local next, pcall, select, type, unpack = next, pcall, select, type, unpack

local cmsgpack = {
  _NAME = "cmsgpack",
  _VERSION = "lua-cmsgpack 0.4.0",
  _COPYRIGHT = "Copyright (C) 2012, Salvatore Sanfilippo",
  _DESCRIPTION = "MessagePack C implementation for Lua",
}

-- Tables in more tables than this are packed as nil.
local MAX_NESTING = 16

-- Places on the stack of a C function: they bound the number of results and the depth of what can be unpacked.
local MAX_SLOTS = 8000

local MAX_INT = 2147483647
local TWO_TO_31, TWO_TO_32, TWO_TO_63 = 2 ^ 31, 2 ^ 32, 2 ^ 63

local LETTERS = {}
for value = 0, 255 do
  LETTERS[value] = char(value)
end

-- A length in the form that is short enough: up to most in the first byte itself, or in one, two or four bytes behind a first one
-- of these; 0 where there is no such form.
local function head(length, first, most, one, two, four)
  if length <= most then
    return LETTERS[first + length]
  elseif length < 256 and one > 0 then
    return char(one, length)
  elseif length < 65536 then
    return LETTERS[two] .. bytes(length, 0, 2, true)
  end
  return LETTERS[four] .. bytes(length, 0, 4, true)
end

local function integer(value)
  if value >= 0 then
    if value < 128 then
      return LETTERS[value]
    elseif value < 256 then
      return char(0xcc, value)
    end
    local low, high = halves(value)
    if value < 65536 then
      return LETTERS[0xcd] .. bytes(low, 0, 2, true)
    elseif high == 0 then
      return LETTERS[0xce] .. bytes(low, 0, 4, true)
    end
    return LETTERS[0xcf] .. bytes(low, high, 8, true)
  elseif value >= -32 then
    return LETTERS[256 + value]
  elseif value >= -128 then
    return char(0xd0, 256 + value)
  end
  local low, high = halves(value)
  if value >= -32768 then
    return LETTERS[0xd1] .. bytes(low, high, 2, true)
  elseif value >= -2147483648 then
    return LETTERS[0xd2] .. bytes(low, high, 4, true)
  end
  return LETTERS[0xd3] .. bytes(low, high, 8, true)
end

local function number(value)
  if value % 1 == 0 and value >= -TWO_TO_63 and value < TWO_TO_63 then
    return integer(value)
  end
  local bits = single(value)
  if from_single(bits) == value then
    return LETTERS[0xca] .. bytes(bits, 0, 4, true)
  end
  local low, high = double(value)
  return LETTERS[0xcb] .. bytes(low, high, 8, true)
end

-- Number of entries, and whether their keys are 1 .. n.
local function measure(entries)
  local count, max, is_array = 0, 0, true
  for key in next, entries do
    count = count + 1
    if is_array then
      if type(key) ~= "number" or key <= 0 or key % 1 ~= 0 then
        is_array = false
      elseif key > max then
        max = key
      end
    end
  end
  return count, is_array and max == count
end

-- What has been packed, in pieces.
local out, size

local function append(value, level)
  local kind = type(value)
  local piece
  if kind == "string" then
    piece = head(#value, 0xa0, 31, 0xd9, 0xda, 0xdb)
    size = size + 1
    out[size] = piece
    piece = value
  elseif kind == "number" then
    piece = number(value)
  elseif kind == "boolean" then
    piece = value and "\195" or "\194"
  elseif kind == "table" and level < MAX_NESTING then
    local count, is_array = measure(value)
    size = size + 1
    if is_array then
      out[size] = head(count, 0x90, 15, 0, 0xdc, 0xdd)
      for i = 1, count do
        append(value[i], level + 1)
      end
    else
      out[size] = head(count, 0x80, 15, 0, 0xde, 0xdf)
      for key, item in next, value do
        append(key, level + 1)
        append(item, level + 1)
      end
    end
    return
  else
    piece = "\192"
  end
  size = size + 1
  out[size] = piece
end

local function pack(count, values)
  out, size = {}, 0
  for i = 1, count do
    append(values[i], 0)
  end
  local packed = concat(out)
  out = nil
  return packed
end

-- What is being unpacked, and the number of its bytes.
local input, length

local function need(last)
  if last > length then
    stop("Missing bytes in input.")
  end
end

local value_at

local function array_at(at, count, slots)
  local array = {}
  if slots + 2 > MAX_SLOTS then
    stop("stack overflow (in function mp_decode_to_lua_array)")
  end
  for i = 1, count do
    array[i], at = value_at(at, slots + 2)
  end
  return array, at
end

local function map_at(at, count, slots)
  local map = {}
  for _ = 1, count do
    local key, value
    key, at = value_at(at, slots + 1)
    value, at = value_at(at, slots + 2)
    if key == nil then
      stop_plainly("table index is nil")
    elseif key ~= key then
      stop_plainly("table index is NaN")
    end
    map[key] = value
  end
  return map, at
end

local function text_at(at, count)
  local last = at + count - 1
  need(last)
  return sub(input, at, last), last + 1
end

-- An unsigned integer behind a first byte.
local function count_at(at, size)
  need(at + size)
  return (from_bytes(input, at + 1, size, true))
end

local function integer_at(at, size)
  need(at + size)
  local low, high = from_bytes(input, at + 1, size, true)
  return low, high
end

-- What stands behind these first bytes: a function of the place, and of the slots in use, that gives the value and the place
-- behind it.
local FORMS = {
  [0xc0] = function(at)
    return nil, at + 1
  end,
  [0xc2] = function(at)
    return false, at + 1
  end,
  [0xc3] = function(at)
    return true, at + 1
  end,
  [0xca] = function(at)
    return from_single(count_at(at, 4)), at + 5
  end,
  [0xcb] = function(at)
    return from_double(integer_at(at, 8)), at + 9
  end,
  -- An unsigned integer of 64 bits becomes a signed one.
  [0xcf] = function(at)
    return signed(integer_at(at, 8)), at + 9
  end,
  [0xd3] = function(at)
    return signed(integer_at(at, 8)), at + 9
  end,
}
for i, size in next, { 1, 2, 4 } do
  local past, limit = size + 1, 256 ^ size
  FORMS[0xcb + i] = function(at)
    return count_at(at, size), at + past
  end
  FORMS[0xcf + i] = function(at)
    local value = count_at(at, size)
    return value < limit / 2 and value or value - limit, at + past
  end
  FORMS[0xd8 + i] = function(at)
    return text_at(at + past, count_at(at, size))
  end
  if size > 1 then
    FORMS[0xda + i] = function(at, slots)
      return array_at(at + past, count_at(at, size), slots)
    end
    FORMS[0xdc + i] = function(at, slots)
      return map_at(at + past, count_at(at, size), slots)
    end
  end
end

function value_at(at, slots)
  need(at)
  if slots + 1 > MAX_SLOTS then
    stop("stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)")
  end
  local first = byte(input, at)
  if first < 0x80 then
    return first, at + 1
  elseif first >= 0xe0 then
    return first - 256, at + 1
  elseif first < 0x90 then
    return map_at(at + 1, first - 0x80, slots)
  elseif first < 0xa0 then
    return array_at(at + 1, first - 0x90, slots)
  elseif first < 0xc0 then
    return text_at(at + 1, first - 0xa0)
  end
  local form = FORMS[first]
  if not form then
    stop("Bad data format in input.")
  end
  return form(at, slots)
end

-- At most limit values from an offset on; slots are those in use at the start. Also gives how many there are, and the offset
-- behind them, -1 at the end.
local function unpack_some(text, limit, offset, slots)
  input, length = text, #text
  local values, count = {}, 0
  local at = offset + 1
  while at <= length and count < limit do
    values[count + 1], at = value_at(at, slots + count)
    count = count + 1
  end
  input = nil
  return values, count, at > length and -1 or at - 1
end

-- Lists of all results that there can be are a little too long for unpack.
local function all(values, count)
  if count > 2 then
    return values[1], values[2], unpack(values, 3, count)
  end
  return unpack(values, 1, count)
end

local function placed(next_offset, values, count)
  if count > 1 then
    return next_offset, values[1], unpack(values, 2, count)
  end
  return next_offset, unpack(values, 1, count)
end

-- As a C program prints a number that it takes for an int.
local function int(number)
  local low = halves(number)
  return format("%d", low < TWO_TO_31 and low or low - TWO_TO_32)
end

local function unpack_part(text, limit, offset)
  if offset < 0 or limit < 0 then
    stop("Invalid request to unpack with offset of " .. int(offset) .. " and limit of " .. int(#text) .. ".")
  elseif offset > #text then
    stop("Start offset " .. int(offset) .. " greater than input length " .. int(#text) .. ".")
  end
  local is_all = limit == 0 and offset == 0
  local values, count, next_offset = unpack_some(text, is_all and MAX_INT or limit, offset, 1)
  if is_all then
    return values, count
  elseif count + 2 > MAX_SLOTS then
    stop("stack overflow (in function mp_unpack_full)")
  end
  return values, count, next_offset
end

function cmsgpack.pack(...)
  local count = select("#", ...)
  if count == 0 then
    fail(0, "MessagePack pack needs input.")
  end
  local ok, result = pcall(pack, count, { ... })
  if not ok then
    raise(result)
  end
  return result
end

function cmsgpack.unpack(...)
  local slots = select("#", ...)
  local text = text_argument(1, slots, (...))
  local ok, values, count = pcall(unpack_some, text, MAX_INT, 0, slots)
  if not ok then
    raise(values)
  end
  return all(values, count)
end

function cmsgpack.unpack_one(...)
  local arguments_given = select("#", ...)
  local text, offset = ...
  offset = offset == nil and 0 or integer_argument(2, arguments_given, offset)
  text = text_argument(1, arguments_given, text)
  local ok, values, count, next_offset = pcall(unpack_part, text, 1, offset)
  if not ok then
    raise(values)
  end
  return placed(next_offset, values, count)
end

function cmsgpack.unpack_limit(...)
  local arguments_given = select("#", ...)
  local text, limit, offset = ...
  limit = integer_argument(2, arguments_given, limit)
  offset = offset == nil and 0 or integer_argument(3, arguments_given, offset)
  text = text_argument(1, arguments_given, text)
  local ok, values, count, next_offset = pcall(unpack_part, text, limit, offset)
  if not ok then
    raise(values)
  elseif not next_offset then
    return all(values, count)
  end
  return placed(next_offset, values, count)
end

return named(cmsgpack)
