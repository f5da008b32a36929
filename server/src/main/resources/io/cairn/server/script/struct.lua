-- Values to and from the bytes of C structures.
--
-- A format is a row of options: b B h H l L T iN IN (integers, small letters signed), f d (floating point), x (a zero), s (a string
-- with a zero behind it), cN (a string of N bytes; c0: all of it, or as many as the number read before says), < > (least byte
-- first or last), !N (alignment to N at most), and blanks, which mean nothing.

local native = ...
local arguments, numbers = native.arguments, native.numbers
local stop, refuse, raise, named = arguments.stop, arguments.refuse, arguments.raise, arguments.named
local expected, to_number, to_text = arguments.expected, arguments.to_number, arguments.to_text
local text_argument, integer_argument, fail = arguments.text, arguments.integer, arguments.fail
local halves, bytes, from_bytes = numbers.halves, numbers.bytes, numbers.from_bytes
local signed, unsigned = numbers.signed, numbers.unsigned
local double, from_double, single, from_single = numbers.double, numbers.from_double, numbers.single, numbers.from_single
local byte, find, rep, sub = string.byte, string.find, string.rep, string.sub
local concat = table.concat
local floor = math.floor
local pcall, select, tonumber, unpack = pcall, select, tonumber, unpack

local struct = {}

local SIZES = { b = 1, B = 1, h = 2, H = 2, l = 8, L = 8, T = 8, f = 4, d = 8, x = 1 }
local INTEGERS = { b = true, B = true, h = true, H = true, l = true, L = true, T = true, i = true, I = true }
local SIGNED = { b = true, h = true, l = true, i = true }

local MAX_COUNT = 2147483647
local MAX_INTEGER_BYTES = 32
local MAX_ALIGNMENT = 8
local TWO_TO_32 = 2 ^ 32

-- Places on the stack of a C function, which bounds the number of results; format and data take two.
local MAX_SLOTS = 8000

-- A format ends at its first zero.
local function cut(format)
  local zero = find(format, "%z")
  return zero and sub(format, 1, zero - 1) or format
end

-- The number at a place of a format, and the place behind it.
local function count_at(format, at, default)
  local _, last = find(format, "^%d+", at)
  if not last then
    return default, at
  end
  local count = tonumber(sub(format, at, last))
  if count > MAX_COUNT then
    stop("integral size overflow")
  end
  return count, last + 1
end

-- The option at a place of a format, the size of its value, and the place behind it.
local function option_at(format, at)
  local option = sub(format, at, at)
  local size = SIZES[option]
  at = at + 1
  if size then
    return option, size, at
  elseif option == "c" then
    size, at = count_at(format, at, 1)
    return option, size, at
  elseif option == "i" or option == "I" then
    size, at = count_at(format, at, 4)
    if size > MAX_INTEGER_BYTES then
      stop("integral size " .. size .. " is larger than limit of " .. MAX_INTEGER_BYTES)
    end
    return option, size, at
  end
  return option, 0, at
end

-- The bits that two small numbers have in common.
local function common(a, b)
  local result, place = 0, 1
  while a > 0 and b > 0 do
    if a % 2 == 1 and b % 2 == 1 then
      result = result + place
    end
    a, b, place = floor(a / 2), floor(b / 2), place * 2
  end
  return result
end

local function is_power_of_two(number)
  while number > 1 and number % 2 == 0 do
    number = number / 2
  end
  return number == 1
end

-- How many bytes are left out at a position before a value.
local function padding(position, alignment, option, size)
  if alignment == 1 or size == 0 or option == "c" then
    return 0
  end
  if size > alignment then
    size = alignment
  end
  -- Not every size is a power of two: then it is the same formula nevertheless.
  return common((size - common(position % 64, size - 1)) % 64, size - 1)
end

-- What an option that is no value changes: byte order, alignment, and the place in the format.
local function control(option, format, at, is_big, alignment)
  if option == ">" then
    is_big = true
  elseif option == "<" then
    is_big = false
  elseif option == "!" then
    alignment, at = count_at(format, at, MAX_ALIGNMENT)
    if not is_power_of_two(alignment) then
      stop("alignment " .. alignment .. " is not a power of 2")
    end
  elseif option ~= " " then
    refuse(1, "invalid format option '" .. option .. "'")
  end
  return at, is_big, alignment
end

local function pack(format, values)
  local parts, count = {}, 0
  local length, given = 0, 0
  local is_big, alignment = false, 1
  local at, last = 1, #format
  while at <= last do
    local option, size
    option, size, at = option_at(format, at)
    local gap = padding(length, alignment, option, size)
    length = length + gap
    if gap > 0 then
      count = count + 1
      parts[count] = rep("\0", gap)
    end
    local part
    if INTEGERS[option] or option == "f" or option == "d" then
      given = given + 1
      local value = to_number(values[given])
      if not value then
        refuse(given + 1, expected("number", 0, 1, values[given]))
      end
      if option == "f" then
        part = bytes(single(value), 0, 4, is_big)
      elseif option == "d" then
        local low, high = double(value)
        part = bytes(low, high, 8, is_big)
      elseif size > 0 then
        local low, high = halves(value)
        part = bytes(low, high, size, is_big)
      end
    elseif option == "x" then
      part = "\0"
    elseif option == "c" or option == "s" then
      given = given + 1
      local text = to_text(values[given])
      if not text then
        refuse(given + 1, expected("string", 0, 1, values[given]))
      end
      if size == 0 then
        size = #text
      elseif size > #text then
        refuse(given + 2, "string too short")
      end
      part = sub(text, 1, size)
      if option == "s" then
        part = part .. "\0"
        size = size + 1
      end
    else
      at, is_big, alignment = control(option, format, at, is_big, alignment)
    end
    if part then
      count = count + 1
      parts[count] = part
    end
    length = length + size
  end
  return concat(parts)
end

local function need(data, position, size)
  if position < 0 or position > #data - size then
    refuse(2, "data string too short")
  end
end

-- The integer of that many bytes. A sign stands in the highest bit; in integers of more than eight bytes that bit is looked for,
-- and the bits above it are set, among the lowest 64: as a processor shifts that counts to 64 only.
local function integer_at(data, position, size, is_signed, is_big)
  local low, high = from_bytes(data, position + 1, size, is_big)
  if not is_signed then
    return unsigned(low, high)
  end
  local sign = (size * 8 - 1) % 64
  if sign >= 32 then
    local place = 2 ^ (sign - 32)
    if high >= place then
      high = high % place + TWO_TO_32 - place
    end
  else
    local place = 2 ^ sign
    if high > 0 or low >= place then
      low, high = low % place + TWO_TO_32 - place, TWO_TO_32 - 1
    end
  end
  return signed(low, high)
end

-- A number as the size of something in memory; none that does not fit is ever there.
local function to_size(number)
  local low, high = halves(number)
  return unsigned(low, high)
end

local function unpacked(format, data, position, slots)
  local values, count = {}, 0
  local is_big, alignment = false, 1
  local at, last = 1, #format
  while at <= last do
    local option, size
    option, size, at = option_at(format, at)
    position = position + padding(position, alignment, option, size)
    need(data, position, size)
    if slots + count + 2 > MAX_SLOTS then
      stop("stack overflow (too many results)")
    end
    local value
    if INTEGERS[option] then
      value = integer_at(data, position, size, SIGNED[option], is_big)
    elseif option == "d" then
      value = from_double(from_bytes(data, position + 1, 8, is_big))
    elseif option == "f" then
      value = from_single((from_bytes(data, position + 1, 4, is_big)))
    elseif option == "c" then
      if size == 0 then
        local number = count > 0 and to_number(values[count])
        if not number then
          stop("format 'c0' needs a previous size")
        end
        size = to_size(number)
        count = count - 1
        need(data, position, size)
      end
      value = sub(data, position + 1, position + size)
    elseif option == "s" then
      local zero = find(data, "%z", position + 1)
      if not zero then
        stop("unfinished string in data")
      end
      size = zero - position
      value = sub(data, position + 1, zero - 1)
    elseif option ~= "x" then
      at, is_big, alignment = control(option, format, at, is_big, alignment)
    end
    if value then
      count = count + 1
      values[count] = value
    end
    position = position + size
  end
  values[count + 1] = position + 1
  return values, count + 1
end

local function size_of(format)
  local position = 0
  local is_big, alignment = false, 1
  local at, last = 1, #format
  while at <= last do
    local option, size
    option, size, at = option_at(format, at)
    position = position + padding(position, alignment, option, size)
    if option == "s" or option == "c" and size == 0 then
      refuse(1, "option '" .. (option == "s" and "s" or "c0") .. "' has no fixed size")
    elseif not find(option, "^%w") then
      at, is_big, alignment = control(option, format, at, is_big, alignment)
    end
    position = position + size
  end
  return position
end

function struct.pack(...)
  local format = text_argument(1, select("#", ...), (...))
  local ok, result = pcall(pack, cut(format), { select(2, ...) })
  if not ok then
    raise(result)
  end
  return result
end

function struct.unpack(...)
  local count = select("#", ...)
  local format, data, first = ...
  format = text_argument(1, count, format)
  data = text_argument(2, count, data)
  first = first == nil and 1 or integer_argument(3, count, first)
  if first == 0 then
    fail(3, "offset must be 1 or greater")
  end
  local ok, values, results = pcall(unpacked, cut(format), data, first - 1, count)
  if not ok then
    raise(values)
  end
  -- A list of them all would be one too long for unpack.
  return values[1], unpack(values, 2, results)
end

function struct.size(...)
  local format = text_argument(1, select("#", ...), (...))
  local ok, result = pcall(size_of, cut(format))
  if not ok then
    raise(result)
  end
  return result
end

return named(struct)
