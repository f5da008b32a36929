-- math.random as Redis makes it: the generator of lrand48, which begins with the same state in every interpreter.
--
-- The state has 48 bits, kept in two halves, so that no product passes what a double holds exactly.
local native = ...
local arguments = native.arguments
local integer, fail, named = arguments.integer, arguments.fail, arguments.named
local error, floor, select = error, math.floor, select

local HALF = 2 ^ 24
local MOST = 2 ^ 31 - 1
local high, low = 0x1234AB, 0xCD330E

local random = {}

function random.randomseed(...)
  local seed = integer(1, select("#", ...), (...)) % 2 ^ 32
  high = floor(seed / 256)
  low = seed % 256 * 65536 + 0x330E
end

-- The next number, in [0, 1).
local function drawn()
  local product = low * 0xECE66D + 0xB
  high = (high * 0xECE66D + low * 0x5DE + floor(product / HALF)) % HALF
  low = product % HALF
  return (high * 128 + floor(low / 131072)) % MOST / MOST
end

function random.random(...)
  local part = drawn()
  local count = select("#", ...)
  local from, to = ...
  if count == 0 then
    return part
  elseif count > 2 then
    error("wrong number of arguments", 2)
  elseif count == 1 then
    from, to = 1, integer(1, count, from)
  else
    from, to = integer(1, count, from), integer(2, count, to)
  end
  if from > to then
    fail(count, "interval is empty")
  end
  return floor(part * (to - from + 1)) + from
end

return named(random)
