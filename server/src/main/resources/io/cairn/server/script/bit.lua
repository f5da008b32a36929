-- Operations on the bits of integers of 32 bits. Results are signed.

local native = ...
local arguments = native.arguments
local number, named = arguments.number, arguments.named
local select = select
local abs, floor, frexp, huge = math.abs, math.floor, math.frexp, math.huge
local format, sub = string.format, string.sub

local bit = {}

local TWO_TO_31, TWO_TO_32, TWO_TO_53 = 2 ^ 31, 2 ^ 32, 2 ^ 53

-- 1.5 * 2^52: the last bit of a number close to it stands for one.
local SHIFTER = 6755399441055744

-- The bits that two numbers of four bits have in common, at 16 * first + second.
local COMMON = {}
for first = 0, 15 do
  for second = 0, 15 do
    local common, place = 0, 1
    local a, b = first, second
    while a > 0 and b > 0 do
      if a % 2 == 1 and b % 2 == 1 then
        common = common + place
      end
      a, b, place = floor(a / 2), floor(b / 2), place * 2
    end
    COMMON[16 * first + second] = common
  end
end

-- The last 32 bits of a number rounded to an integer, the middle to the even one. Beyond 2^51 it is the last 32 bits of the
-- mantissa of the sum, whatever they stand for: not useful, but the same everywhere.
local function bits(value)
  if value >= -TWO_TO_31 and value < TWO_TO_32 and value % 1 == 0 then
    return value % TWO_TO_32
  end
  local sum = value + SHIFTER
  if sum ~= sum or sum == huge or sum == -huge then
    return 0
  end
  return abs(frexp(sum)) * TWO_TO_53 % TWO_TO_32
end

local function signed(value)
  return value < TWO_TO_31 and value or value - TWO_TO_32
end

local function common(a, b)
  local result, place = 0, 1
  while a > 0 and b > 0 do
    local x, y = a % 16, b % 16
    result = result + COMMON[16 * x + y] * place
    a, b, place = (a - x) / 16, (b - y) / 16, place * 16
  end
  return result
end

local function either(a, b)
  return a + b - common(a, b)
end

local function different(a, b)
  return a + b - 2 * common(a, b)
end

-- An operation on any number of operands; those behind the first are taken from the last one on, which shows in errors.
local function folded(operation)
  return function(...)
    local count = select("#", ...)
    local result = bits(number(1, count, (...)))
    for i = count, 2, -1 do
      result = operation(result, bits(number(i, count, (select(i, ...)))))
    end
    return signed(result)
  end
end

local function shifting(operation)
  return function(...)
    local count = select("#", ...)
    local value, distance = ...
    value = bits(number(1, count, value))
    return signed(operation(value, bits(number(2, count, distance)) % 32))
  end
end

local function left(value, distance)
  return value * 2 ^ distance % TWO_TO_32
end

local function right(value, distance)
  return floor(value / 2 ^ distance)
end

bit.band = folded(common)
bit.bor = folded(either)
bit.bxor = folded(different)

bit.lshift = shifting(left)
bit.rshift = shifting(right)

bit.arshift = shifting(function(value, distance)
  return right(signed(value), distance) % TWO_TO_32
end)

bit.rol = shifting(function(value, distance)
  return left(value, distance) + right(value, 32 - distance)
end)

bit.ror = shifting(function(value, distance)
  return right(value, distance) + left(value, 32 - distance)
end)

function bit.tobit(...)
  return signed(bits(number(1, select("#", ...), (...))))
end

function bit.bnot(...)
  return signed(TWO_TO_32 - 1 - bits(number(1, select("#", ...), (...))))
end

function bit.bswap(...)
  local value = bits(number(1, select("#", ...), (...)))
  local first = value % 256
  value = (value - first) / 256
  local second = value % 256
  value = (value - second) / 256
  local third = value % 256
  return signed(((first * 256 + second) * 256 + third) * 256 + (value - third) / 256)
end

-- The last digits in base 16: as many as the second argument says, eight at most, in capitals if it is negative.
function bit.tohex(...)
  local count = select("#", ...)
  local value, digits = ...
  value = bits(number(1, count, value))
  digits = count > 1 and signed(bits(number(2, count, digits))) or 8
  local text = format(digits < 0 and "%08X" or "%08x", value)
  digits = abs(digits)
  return digits < 8 and sub(text, 9 - digits) or text
end

return named(bit)
