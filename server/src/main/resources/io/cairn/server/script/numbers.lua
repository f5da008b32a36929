-- The bytes of numbers.
--
-- An integer of 64 bits is a pair of halves, low and high, each in 0 .. 2^32 - 1, two's complement; floating point numbers are
-- taken apart and put together by arithmetic alone.

local byte, char, rep, reverse, sub, find = string.byte, string.char, string.rep, string.reverse, string.sub, string.find
local ceil, floor, frexp, huge, ldexp = math.ceil, math.floor, math.frexp, math.huge, math.ldexp
local tostring = tostring

local numbers = {}

local TWO_TO_20, TWO_TO_23, TWO_TO_31, TWO_TO_32 = 2 ^ 20, 2 ^ 23, 2 ^ 31, 2 ^ 32
local TWO_TO_52, TWO_TO_63, TWO_TO_64 = 2 ^ 52, 2 ^ 63, 2 ^ 64

-- No number; with which sign it comes depends on the processor, and it is seen only where it is printed.
local function is_minus(nan)
  return find(tostring(nan), "-", 1, true) ~= nil
end

local function nans()
  local zero = 0
  local nan = zero / zero
  if is_minus(nan) then
    return -nan, nan
  end
  return nan, -nan
end

local PLUS_NAN, MINUS_NAN = nans()

-- Halves of a number without its fraction; outside of 64 bits, what the processor's conversion gives.
function numbers.halves(number)
  if number ~= number then
    return 0, TWO_TO_31
  end
  if number >= 0 then
    number = floor(number)
    if number >= TWO_TO_64 then
      return 0, 0
    end
    local low = number % TWO_TO_32
    return low, (number - low) / TWO_TO_32
  end
  number = -ceil(number)
  if number > TWO_TO_63 then
    return 0, TWO_TO_31
  end
  local low = number % TWO_TO_32
  local high = (number - low) / TWO_TO_32
  if low > 0 then
    return TWO_TO_32 - low, TWO_TO_32 - 1 - high
  end
  return 0, (TWO_TO_32 - high) % TWO_TO_32
end

function numbers.unsigned(low, high)
  return high * TWO_TO_32 + low
end

function numbers.signed(low, high)
  if high < TWO_TO_31 then
    return high * TWO_TO_32 + low
  end
  return -((TWO_TO_32 - 1 - high) * TWO_TO_32 + (TWO_TO_32 - low))
end

-- The bytes of an integer, the least first or last; those beyond the eighth are zero.
function numbers.bytes(low, high, size, is_big)
  local text
  if size == 1 then
    return char(low % 256)
  elseif size <= 4 then
    local b1 = low % 256
    low = (low - b1) / 256
    local b2 = low % 256
    low = (low - b2) / 256
    local b3 = low % 256
    text = char(b1, b2, b3, (low - b3) / 256)
  else
    local b1 = low % 256
    low = (low - b1) / 256
    local b2 = low % 256
    low = (low - b2) / 256
    local b3 = low % 256
    local b5 = high % 256
    high = (high - b5) / 256
    local b6 = high % 256
    high = (high - b6) / 256
    local b7 = high % 256
    text = char(b1, b2, b3, (low - b3) / 256, b5, b6, b7, (high - b7) / 256)
  end
  if size < #text then
    text = sub(text, 1, size)
  elseif size > #text then
    text = text .. rep("\0", size - #text)
  end
  return is_big and reverse(text) or text
end

-- The halves of an integer from its bytes; of more than eight, the least eight.
function numbers.from_bytes(text, at, size, is_big)
  local low, high = 0, 0
  local last = size > 8 and 8 or size
  local place, step = at, 1
  if is_big then
    place, step = at + size - 1, -1
  end
  local weight = 1
  for i = 1, last do
    local value = byte(text, place)
    if i <= 4 then
      low = low + value * weight
    else
      high = high + value * weight
    end
    weight = i == 4 and 1 or weight * 256
    place = place + step
  end
  return low, high
end

-- The sign as a bit, and the number without it.
local function split(number)
  if number < 0 or number == 0 and 1 / number < 0 then
    return 1, -number
  end
  return 0, number
end

-- Halves of a number in eight bytes.
function numbers.double(number)
  if number ~= number then
    return 0, (is_minus(number) and 4096 or 2048) * TWO_TO_20 - TWO_TO_20 / 2
  end
  local sign, magnitude = split(number)
  local high = sign * TWO_TO_31
  if magnitude == 0 then
    return 0, high
  elseif magnitude == huge then
    return 0, high + 2047 * TWO_TO_20
  end
  local mantissa, exponent = frexp(magnitude)
  local biased = exponent + 1022
  local fraction
  if biased > 0 then
    fraction = (mantissa * 2 - 1) * TWO_TO_52
  else
    biased, fraction = 0, ldexp(mantissa, exponent + 1074)
  end
  local low = fraction % TWO_TO_32
  return low, high + biased * TWO_TO_20 + (fraction - low) / TWO_TO_32
end

function numbers.from_double(low, high)
  local sign = 1
  if high >= TWO_TO_31 then
    sign, high = -1, high - TWO_TO_31
  end
  local rest = high % TWO_TO_20
  local biased = (high - rest) / TWO_TO_20
  local fraction = rest * TWO_TO_32 + low
  if biased == 0 then
    return sign * ldexp(fraction, -1074)
  elseif biased < 2047 then
    return sign * ldexp(fraction + TWO_TO_52, biased - 1075)
  elseif fraction == 0 then
    return sign * huge
  end
  return sign < 0 and MINUS_NAN or PLUS_NAN
end

-- To the nearest integer, from the middle to the even one.
local function round(number)
  local below = floor(number)
  local rest = number - below
  if rest > 0.5 or rest == 0.5 and below % 2 == 1 then
    return below + 1
  end
  return below
end

-- The bits of the nearest number that fits four bytes.
function numbers.single(number)
  if number ~= number then
    return (is_minus(number) and 512 or 256) * TWO_TO_23 - TWO_TO_23 / 2
  end
  local sign, magnitude = split(number)
  local bits
  if magnitude == 0 then
    bits = 0
  else
    local mantissa, exponent = frexp(magnitude)
    local biased = exponent + 126
    if magnitude == huge or biased > 254 then
      bits = 255 * TWO_TO_23
    elseif biased > 0 then
      -- A fraction that is rounded up to one carries into the exponent, as it should.
      bits = biased * TWO_TO_23 + round((mantissa * 2 - 1) * TWO_TO_23)
    else
      bits = round(ldexp(mantissa, exponent + 149))
    end
  end
  return sign * TWO_TO_31 + bits
end

function numbers.from_single(bits)
  local sign = 1
  if bits >= TWO_TO_31 then
    sign, bits = -1, bits - TWO_TO_31
  end
  local fraction = bits % TWO_TO_23
  local biased = (bits - fraction) / TWO_TO_23
  if biased == 0 then
    return sign * ldexp(fraction, -149)
  elseif biased < 255 then
    return sign * ldexp(fraction + TWO_TO_23, biased - 150)
  elseif fraction == 0 then
    return sign * huge
  end
  return sign < 0 and MINUS_NAN or PLUS_NAN
end

return numbers
