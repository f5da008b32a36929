-- JSON to and from tables.
--
-- A table whose keys are integers from one on is an array, holes are null; any other, and an empty one, is an object. Strings are
-- bytes: nothing looks whether they are UTF-8. Each library that new gives has settings of its own.

local native = ...
local arguments = native.arguments
local stop, raise, named, fail = arguments.stop, arguments.raise, arguments.named, arguments.fail
local expected, to_text = arguments.expected, arguments.to_text
local integer_argument, text_argument = arguments.integer, arguments.text
local byte, char, find, format = string.byte, string.char, string.find, string.format
local gsub, lower, sub = string.gsub, string.lower, string.sub
local concat, floor, huge = table.concat, math.floor, math.huge
local next, pcall, rawget, select = next, pcall, rawget, select
local tonumber, type = tonumber, type

local null = native.null

local MAX_INT = 2147483647
local TWO_TO_31, TWO_TO_32 = 2 ^ 31, 2 ^ 32

-- Places on the stack of a C function: they bound the depth where the setting does not.
local MAX_SLOTS = 8000

local ESCAPED = {
  ['"'] = '\\"',
  ["\\"] = "\\\\",
  ["/"] = "\\/",
  ["\8"] = "\\b",
  ["\t"] = "\\t",
  ["\n"] = "\\n",
  ["\12"] = "\\f",
  ["\r"] = "\\r",
  ["\127"] = "\\u007f",
}
for value = 0, 31 do
  local letter = char(value)
  ESCAPED[letter] = ESCAPED[letter] or format("\\u%04x", value)
end

-- Those letters, as a set of a pattern; and what most strings are: a set that begins with its most frequent letters is the
-- faster one to look through.
local TO_ESCAPE = '[%z\1-\31\127"\\/]'
local PLAIN = "^[%w\128-\255 .,:;_@=+*()%-]*$"

-- What stands for a letter behind a backslash.
local UNESCAPED = {
  [byte('"')] = '"',
  [byte("\\")] = "\\",
  [byte("/")] = "/",
  [byte("b")] = "\8",
  [byte("t")] = "\t",
  [byte("n")] = "\n",
  [byte("f")] = "\12",
  [byte("r")] = "\r",
}

local TOKENS = {
  [byte("{")] = "T_OBJ_BEGIN",
  [byte("}")] = "T_OBJ_END",
  [byte("[")] = "T_ARR_BEGIN",
  [byte("]")] = "T_ARR_END",
  [byte(":")] = "T_COLON",
  [byte(",")] = "T_COMMA",
  -- Stands for no letter at all.
  [0] = "T_END",
}

local PRECISIONS = {}
for digits = 1, 14 do
  PRECISIONS[digits] = "%." .. digits .. "g"
end

local OFF_ON = { [0] = "off", "on" }
local OFF_ON_NULL = { [0] = "off", "on", "null" }

local function quoted(text)
  if not find(text, PLAIN) then
    text = gsub(text, TO_ESCAPE, ESCAPED)
  end
  return '"' .. text .. '"'
end

-- The functions that write with these settings.
local function encoder(settings)
  local out, size

  -- Names of objects as they are written, with the colon: mostly there are many objects with the same.
  local written

  local function number(value)
    if value - value ~= 0 then
      local invalid = settings.encode_invalid_numbers
      if invalid == 0 then
        stop("Cannot serialise number: must not be NaN or Inf")
      elseif invalid == 2 then
        return "null"
      elseif value ~= value then
        return "nan"
      end
    end
    local precision = settings.encode_number_precision
    -- With 14 digits it is written anyway where strings are put together.
    return precision == 14 and value or format(PRECISIONS[precision], value)
  end

  -- The highest key if all are integers from one on, else -1. A key that is no int counts as the lowest int, which is how
  -- C programs come to see it.
  local function array_length(entries)
    local max, count = 0, 0
    for key in next, entries do
      if key == count + 1 and max == count then
        max, count = key, key
      else
        if type(key) ~= "number" or key < 1 or floor(key) ~= key then
          return -1
        end
        if key > max then
          max = key > MAX_INT and -TWO_TO_31 or key
        end
        count = count + 1
      end
    end
    local ratio = settings.sparse_ratio
    if max > count and ratio > 0 and max > count * ratio and max > settings.sparse_safe then
      if settings.sparse_convert == 0 then
        stop("Cannot serialise table: excessively sparse array")
      end
      return -1
    end
    return max
  end

  local append

  local function append_array(array, length, depth, slots)
    size = size + 1
    out[size] = "["
    for i = 1, length do
      if i > 1 then
        size = size + 1
        out[size] = ","
      end
      append(rawget(array, i), depth, slots + 1)
    end
    size = size + 1
    out[size] = "]"
  end

  local function append_object(object, depth, slots)
    local before = "{"
    for key, value in next, object do
      local name = written[key]
      if not name then
        local kind = type(key)
        if kind == "string" then
          name = quoted(key) .. ":"
        elseif kind == "number" then
          name = '"' .. number(key) .. '":'
        else
          stop("Cannot serialise " .. kind .. ": table key must be a number or string")
        end
        written[key] = name
      end
      out[size + 1] = before
      out[size + 2] = name
      size = size + 2
      before = ","
      append(value, depth, slots + 2)
    end
    size = size + 1
    out[size] = before == "{" and "{}" or "}"
  end

  function append(value, depth, slots)
    local kind = type(value)
    if kind == "string" then
      size = size + 1
      out[size] = quoted(value)
    elseif kind == "number" then
      size = size + 1
      out[size] = number(value)
    elseif kind == "table" then
      depth = depth + 1
      if depth > settings.encode_max_depth or slots + 3 > MAX_SLOTS then
        stop("Cannot serialise, excessive nesting (" .. depth .. ")")
      end
      local length = array_length(value)
      if length > 0 then
        append_array(value, length, depth, slots)
      else
        append_object(value, depth, slots)
      end
    elseif kind == "boolean" then
      size = size + 1
      out[size] = value and "true" or "false"
    elseif kind == "nil" or value == null then
      size = size + 1
      out[size] = "null"
    else
      stop("Cannot serialise " .. kind .. ": type not supported")
    end
  end

  return function(value)
    out, size, written = {}, 0, {}
    append(value, 0, 1)
    local encoded = concat(out)
    out, written = nil, nil
    return encoded
  end
end

-- The bytes of a character in UTF-8.
local function utf8(code)
  if code < 0x80 then
    return char(code)
  elseif code < 0x800 then
    return char(0xc0 + floor(code / 0x40), 0x80 + code % 0x40)
  elseif code < 0x10000 then
    return char(0xe0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return char(
    0xf0 + floor(code / 0x40000),
    0x80 + floor(code / 0x1000) % 0x40,
    0x80 + floor(code / 0x40) % 0x40,
    0x80 + code % 0x40
  )
end

-- The character whose escape, \uXXXX or a pair of them, stands at a place, and the place behind it; or nil.
local function unicode_at(text, at)
  local _, _, digits = find(text, "^(%x%x%x%x)", at + 2)
  if not digits then
    return nil
  end
  local code = tonumber(digits, 16)
  if code < 0xd800 or code > 0xdfff then
    return utf8(code), at + 6
  end
  _, _, digits = find(text, "^\\u(%x%x%x%x)", at + 6)
  local low = digits and tonumber(digits, 16)
  if code >= 0xdc00 or not low or low < 0xdc00 or low > 0xdfff then
    return nil
  end
  return utf8(0x10000 + (code - 0xd800) * 0x400 + low - 0xdc00), at + 12
end

-- The string with escapes in it whose first quote stands at a place, and the place behind it; or nil, what is wrong and where.
local function escaped_at(text, at)
  local parts, count = {}, 0
  local from = at + 1
  local special = find(text, '["\\]', from)
  while special do
    count = count + 1
    parts[count] = sub(text, from, special - 1)
    if byte(text, special) == 34 then
      return concat(parts), special + 1
    end
    local kind = byte(text, special + 1)
    local part
    if kind == 117 then
      part, from = unicode_at(text, special)
      if not part then
        return nil, "invalid unicode escape code", special
      end
    else
      part, from = UNESCAPED[kind], special + 2
      if not part then
        return nil, "invalid escape code", special
      end
    end
    count = count + 1
    parts[count] = part
    special = find(text, '["\\]', from)
  end
  return nil, "unexpected end of string", #text + 1
end

-- The end of the longest number, as C knows them, whose sign or first letter stands at a place; nil if there is none.
local function number_end(text, at)
  local first = find(text, "^[+-]", at) and at + 1 or at
  local _, last = find(text, "^0[xX]%x*%.?%x*", first)
  if last and find(text, "^%.?%x", first + 2) then
    local _, exponent = find(text, "^[pP][+-]?%d+", last + 1)
    return exponent or last
  end
  _, last = find(text, "^%d*%.?%d*", first)
  if find(text, "^%.?%d", first) then
    local _, exponent = find(text, "^[eE][+-]?%d+", last + 1)
    return exponent or last
  end
  local word = lower(sub(text, first, first + 7))
  if word == "infinity" then
    return first + 7
  end
  word = sub(word, 1, 3)
  if word == "inf" then
    return first + 2
  elseif word == "nan" then
    local _, close = find(text, "^%([%w_]*%)", first + 3)
    return close or first + 2
  end
  return nil
end

-- Whether what stands at a place is a number elsewhere but not in JSON.
local function is_foreign(text, at)
  return find(text, "^%+", at)
    or find(text, "^%-?0[xX%d]", at)
    or find(text, "^%-?[iI][nN][fF]", at)
    or find(text, "^%-?[nN][aA][nN]", at)
end

local function number_at(text, at, with_foreign)
  if not with_foreign and is_foreign(text, at) then
    return nil, "invalid number", at
  end
  local _, last, digits, behind = find(text, "^(%-?%d+%.?%d*)([eExX]?)", at)
  if behind == "" then
    return tonumber(digits), last + 1
  end
  last = number_end(text, at)
  if not last then
    return nil, "invalid number", at
  end
  return tonumber(sub(text, at, last)), last + 1
end

-- The value that is no table whose first letter stands at a place, and the place behind it; or nil, what was found and where.
local function scalar_at(text, at, with_foreign)
  local first = byte(text, at) or 0
  if first == 34 then
    return escaped_at(text, at)
  elseif first == 45 or first >= 48 and first <= 57 then
    return number_at(text, at, with_foreign)
  elseif first == 116 and sub(text, at, at + 3) == "true" then
    return true, at + 4
  elseif first == 102 and sub(text, at, at + 4) == "false" then
    return false, at + 5
  elseif first == 110 and sub(text, at, at + 3) == "null" then
    return null, at + 4
  elseif TOKENS[first] then
    return nil, TOKENS[first], at
  elseif with_foreign and is_foreign(text, at) then
    return number_at(text, at, true)
  end
  return nil, "invalid token", at
end

local KINDS = { string = "T_STRING", number = "T_NUMBER", boolean = "T_BOOLEAN", userdata = "T_NULL" }

-- The first place from this one on that is not blank.
local function skip(text, at)
  return find(text, "[^ \t\n\r]", at) or #text + 1
end

-- The function that reads with these settings. Blanks are looked for only where what should stand at a place does not.
local function decoder(settings)
  local text, max_depth, with_foreign

  -- No backslash stands before this place that has not been read yet.
  local next_escape

  -- Something else should stand at this place.
  local function unexpected(wanted, at)
    local value, found, place = scalar_at(text, at, with_foreign)
    if value ~= nil then
      found, place = KINDS[type(value)], at
    end
    stop("Expected " .. wanted .. " but found " .. found .. " at character " .. place)
  end

  local function check_depth(depth, slots, at)
    if depth > max_depth or slots > MAX_SLOTS then
      stop("Found too many nested data structures (" .. depth .. ") at character " .. at)
    end
  end

  -- The string whose first quote stands at a place, and the place behind it.
  local function string_at(at, wanted)
    local quote = find(text, '"', at + 1, true)
    if quote then
      if next_escape <= at then
        next_escape = find(text, "\\", at + 1, true) or huge
      end
      if quote < next_escape then
        return sub(text, at + 1, quote - 1), quote + 1
      end
    end
    local value, behind = escaped_at(text, at)
    if not value then
      unexpected(wanted, at)
    end
    return value, behind
  end

  local value_at

  local function array_at(at, depth, slots)
    check_depth(depth, slots + 2, at)
    local array = {}
    at = at + 1
    local letter = byte(text, at)
    if letter ~= 93 then
      at = skip(text, at)
      letter = byte(text, at)
    end
    if letter == 93 then
      return array, at + 1
    end
    local count = 0
    while true do
      count = count + 1
      array[count], at = value_at(at, depth, slots + 1)
      letter = byte(text, at)
      if letter ~= 44 and letter ~= 93 then
        at = skip(text, at)
        letter = byte(text, at)
      end
      at = at + 1
      if letter == 93 then
        return array, at
      elseif letter ~= 44 then
        unexpected("comma or array end", at - 1)
      end
    end
  end

  local function object_at(at, depth, slots)
    check_depth(depth, slots + 3, at)
    local object = {}
    at = at + 1
    local letter = byte(text, at)
    if letter ~= 34 then
      at = skip(text, at)
      letter = byte(text, at)
    end
    if letter == 125 then
      return object, at + 1
    end
    while true do
      if letter ~= 34 then
        unexpected("object key string", at)
      end
      local key
      key, at = string_at(at, "object key string")
      if byte(text, at) ~= 58 then
        at = skip(text, at)
        if byte(text, at) ~= 58 then
          unexpected("colon", at)
        end
      end
      object[key], at = value_at(at + 1, depth, slots + 2)
      letter = byte(text, at)
      if letter ~= 44 and letter ~= 125 then
        at = skip(text, at)
        letter = byte(text, at)
      end
      at = at + 1
      if letter == 125 then
        return object, at
      elseif letter ~= 44 then
        unexpected("comma or object end", at - 1)
      end
      letter = byte(text, at)
      if letter ~= 34 then
        at = skip(text, at)
        letter = byte(text, at)
      end
    end
  end

  -- The value before which blanks may stand.
  function value_at(at, depth, slots)
    local first = byte(text, at)
    if first == 32 or first == 10 or first == 13 or first == 9 then
      at = skip(text, at)
      first = byte(text, at)
    end
    if first == 34 then
      return string_at(at, "value")
    elseif first == 123 then
      return object_at(at, depth + 1, slots)
    elseif first == 91 then
      return array_at(at, depth + 1, slots)
    end
    local value, behind = scalar_at(text, at, with_foreign)
    if value == nil then
      unexpected("value", at)
    end
    return value, behind
  end

  return function(json)
    if find(json, "^%z.") or find(json, "^.%z") then
      stop("JSON parser does not support UTF-16 or UTF-32")
    end
    -- What is behind a zero is not looked at.
    local zero = find(json, "\0", 1, true)
    text = zero and sub(json, 1, zero - 1) or json
    max_depth, with_foreign, next_escape = settings.decode_max_depth, settings.decode_invalid_numbers == 1, 0
    local value, at = value_at(1, 0, 1)
    at = skip(text, at)
    if at <= #text then
      unexpected("the end", at)
    end
    text = nil
    return value
  end
end

-- The position of a choice among the options, or nil and what is wrong with it.
local function choose(options, index, count, value)
  if type(value) == "boolean" then
    return value and 1 or 0
  end
  local text = to_text(value)
  if not text then
    return nil, expected("string", index, count, value)
  end
  for i = 0, #options do
    if options[i] == text then
      return i
    end
  end
  return nil, "invalid option '" .. text .. "'"
end

local function shown(options, choice)
  if choice < 2 then
    return choice == 1
  end
  return options[choice]
end

-- The number as an int if it is in the range, or nil and what is wrong with it.
local function in_range(number, least, most)
  number = (number + TWO_TO_31) % TWO_TO_32 - TWO_TO_31
  if number < least or number > most then
    return nil, "expected integer between " .. least .. " and " .. format("%d", most)
  end
  return number
end

-- A function that gives a setting, and changes it if it has an argument.
local function switch(settings, name, options)
  return function(...)
    local count = select("#", ...)
    if count > 1 then
      fail(2, "found too many arguments")
    end
    local value = ...
    if value ~= nil then
      local choice, problem = choose(options, 1, count, value)
      if not choice then
        fail(1, problem)
      end
      settings[name] = choice
    end
    return shown(options, settings[name])
  end
end

local function dial(settings, name, most)
  return function(...)
    local count = select("#", ...)
    if count > 1 then
      fail(2, "found too many arguments")
    end
    local value = ...
    if value ~= nil then
      local number, problem = in_range(integer_argument(1, count, value), 1, most)
      if not number then
        fail(1, problem)
      end
      settings[name] = number
    end
    return settings[name]
  end
end

-- Whether arrays with too many holes become objects, how many holes an entry are too many, and up to which highest key it does
-- not matter. All that is out of range is blamed on the first argument.
local function sparse_array(settings)
  return function(...)
    local count = select("#", ...)
    if count > 3 then
      fail(4, "found too many arguments")
    end
    local convert, ratio, safe = ...
    local number, problem
    if convert ~= nil then
      number, problem = choose(OFF_ON, 1, count, convert)
      if not number then
        fail(1, problem)
      end
      settings.sparse_convert = number
    end
    if ratio ~= nil then
      number, problem = in_range(integer_argument(2, count, ratio), 0, MAX_INT)
      if not number then
        fail(1, problem)
      end
      settings.sparse_ratio = number
    end
    if safe ~= nil then
      number, problem = in_range(integer_argument(3, count, safe), 0, MAX_INT)
      if not number then
        fail(1, problem)
      end
      settings.sparse_safe = number
    end
    return shown(OFF_ON, settings.sparse_convert), settings.sparse_ratio, settings.sparse_safe
  end
end

local create

function create()
  local settings = {
    sparse_convert = 0,
    sparse_ratio = 2,
    sparse_safe = 10,
    encode_max_depth = 1000,
    decode_max_depth = 1000,
    encode_invalid_numbers = 0,
    decode_invalid_numbers = 1,
    encode_number_precision = 14,
    -- Kept for whoever sets it; it changes nothing that can be seen.
    encode_keep_buffer = 1,
  }
  local encoded, decoded = encoder(settings), decoder(settings)
  local cjson = {
    _NAME = "cjson",
    _VERSION = "2.1.0",
    null = null,
    encode_sparse_array = sparse_array(settings),
    encode_max_depth = dial(settings, "encode_max_depth", MAX_INT),
    decode_max_depth = dial(settings, "decode_max_depth", MAX_INT),
    encode_number_precision = dial(settings, "encode_number_precision", 14),
    encode_keep_buffer = switch(settings, "encode_keep_buffer", OFF_ON),
    encode_invalid_numbers = switch(settings, "encode_invalid_numbers", OFF_ON_NULL),
    decode_invalid_numbers = switch(settings, "decode_invalid_numbers", OFF_ON),
    new = function()
      return create()
    end,
  }

  function cjson.encode(...)
    if select("#", ...) ~= 1 then
      fail(1, "expected 1 argument")
    end
    local ok, result = pcall(encoded, (...))
    if not ok then
      raise(result)
    end
    return result
  end

  function cjson.decode(...)
    local count = select("#", ...)
    if count ~= 1 then
      fail(1, "expected 1 argument")
    end
    local json = text_argument(1, count, (...))
    local ok, result = pcall(decoded, json)
    if not ok then
      raise(result)
    end
    return result
  end

  return named(cjson)
end

return create()
