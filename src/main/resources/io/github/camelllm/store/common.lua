-- What all scripts of the store share. Whole numbers below 2^53 only, which Lua's doubles hold exactly.
-- ARGV[1] is the time in microseconds in tests; empty otherwise, which means Redis's own clock.

local PARTS = 60
local SLACK = 60000 -- milliseconds that a key outlives its use

local function clock()
  if ARGV[1] ~= '' then
    return tonumber(ARGV[1])
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function number(text)
  return tonumber(text) or 0
end

-- A sliding window: o and n are its oldest and newest part, t and r what is taken and reserved in all of them; a part's
-- own sums are in fields of its number, and of r and its number.
local function slidingTurn(key, length, now)
  local part = math.floor(now / length)
  local known = redis.call('HMGET', key, 'o', 'n', 't', 'r', part, 'r' .. part)
  if not known[1] then
    return {part = part, taken = 0, reserved = 0, there = part, takenThere = 0, reservedThere = 0}
  end
  local oldest, newest = tonumber(known[1]), tonumber(known[2])
  local taken, reserved = tonumber(known[3]), tonumber(known[4])
  part = math.max(part, newest)
  local first = part - PARTS
  if newest < first then
    redis.call('DEL', key)
    return {part = part, taken = 0, reserved = 0, there = part, takenThere = 0, reservedThere = 0}
  end
  if oldest < first then
    local fields = {}
    for i = oldest, first - 1 do
      fields[#fields + 1] = i
      fields[#fields + 1] = 'r' .. i
    end
    local sums = redis.call('HMGET', key, unpack(fields))
    for i = 1, #sums, 2 do
      taken = taken - number(sums[i])
      reserved = reserved - number(sums[i + 1])
    end
    redis.call('HDEL', key, unpack(fields))
    oldest = first
    redis.call('HSET', key, 'o', oldest, 't', taken, 'r', reserved)
  end
  return {
    part = part, taken = taken, reserved = reserved, oldest = oldest, newest = newest,
    there = math.floor(now / length), takenThere = number(known[5]), reservedThere = number(known[6])
  }
end

local function slidingChange(key, length, at, moreTaken, moreReserved, turned)
  local part, newest = turned.part, turned.newest
  if at < part - PARTS then
    return
  end
  local takenThere, reservedThere = turned.takenThere, turned.reservedThere
  if turned.there ~= at then
    local there = redis.call('HMGET', key, at, 'r' .. at)
    takenThere, reservedThere = number(there[1]), number(there[2])
  end
  local takenAfter = math.max(0, takenThere + moreTaken)
  local reservedAfter = math.max(0, reservedThere + moreReserved)
  redis.call('HSET', key, at, takenAfter, 'r' .. at, reservedAfter,
    't', turned.taken + takenAfter - takenThere, 'r', turned.reserved + reservedAfter - reservedThere,
    'o', math.min(turned.oldest or at, at), 'n', math.max(newest or at, at))
  if newest ~= part then
    redis.call('PEXPIRE', key, math.ceil(length * (PARTS + 2) / 1000) + SLACK)
  end
end

-- A bucket: m is missing in it, f the remainder of what has flowed back, r is reserved, a the milliseconds it stood so.
local function bucketTurn(key, period, max, now)
  local known = redis.call('HMGET', key, 'm', 'f', 'r', 'a')
  local at = math.floor(now / 1000)
  if not known[1] then
    return 0, 0, 0, at
  end
  local missing, remainder = tonumber(known[1]), tonumber(known[2])
  local elapsed = at - tonumber(known[4])
  if elapsed <= 0 then
    at = tonumber(known[4])
  else
    local rest = elapsed % period
    local periods = (elapsed - rest) / period
    if max > 0 and periods > missing / max then
      missing = 0
    else
      local extra = max % period
      local parts = rest * extra + math.min(remainder, period - 1)
      remainder = parts % period
      missing = missing - periods * max - rest * ((max - extra) / period) - (parts - remainder) / period
    end
  end
  if missing <= 0 then
    missing, remainder = 0, 0
  end
  return missing, remainder, tonumber(known[3]), at
end

local function bucketKeep(key, period, max, missing, remainder, reserved, at)
  if missing == 0 then
    remainder = 0
  end
  redis.call('HSET', key, 'm', missing, 'f', remainder, 'r', reserved, 'a', at)
  local full = max > 0 and math.min(missing / max * period, 4e10) or 86400000
  redis.call('PEXPIRE', key, math.ceil(full) + SLACK)
end

-- A calendar: w is the latest window, named by the second it begins at, and p the one before; u, r and a with a window's
-- name are what is used and reserved in it and the highest share that was told.
local function calendarRead(key, window)
  return redis.call('HMGET', key, 'w', 'p', 'u' .. window, 'r' .. window)
end

local function calendarChange(key, window, ending, now, moreUsed, moreReserved, known)
  local latest = tonumber(known[1])
  if not known[3] and now >= ending * 1000000 then
    return 0 -- it is over, and nobody asks for it any more
  end
  local used = number(known[3]) + moreUsed
  redis.call('HSET', key, 'u' .. window, used, 'r' .. window, math.max(0, number(known[4]) + moreReserved))
  if not latest or latest < window then
    local before = known[2]
    if before and number(redis.call('HGET', key, 'r' .. before)) == 0 then
      redis.call('HDEL', key, 'u' .. before, 'r' .. before, 'a' .. before)
    end
    if latest then
      redis.call('HSET', key, 'p', latest)
    end
    redis.call('HSET', key, 'w', window)
    redis.call('PEXPIRE', key, math.max(0, math.ceil(ending * 1000 - now / 1000)) + 60 * SLACK)
  end
  return used
end

-- Gives back what a reservation has taken of one counter. A bucket's time may stand still: giving back first and letting
-- flow in later comes to the same.
local function giveBack(key, kind, place, amount)
  if kind == 's' then
    local there = redis.call('HMGET', key, place, 'r' .. place, 't', 'r')
    if there[1] then
      local less = math.min(amount, tonumber(there[1]), number(there[2]))
      redis.call('HSET', key, place, tonumber(there[1]) - less, 'r' .. place, number(there[2]) - less,
        't', tonumber(there[3]) - less, 'r', tonumber(there[4]) - less)
    end
  elseif kind == 'b' then
    local known = redis.call('HMGET', key, 'm', 'r')
    if known[1] then
      local left = math.max(0, tonumber(known[1]) - amount)
      redis.call('HSET', key, 'm', left, 'r', math.max(0, tonumber(known[2]) - amount))
      if left == 0 then
        redis.call('HSET', key, 'f', 0)
      end
    end
  else
    local reserved = redis.call('HGET', key, 'r' .. place)
    if reserved then
      redis.call('HSET', key, 'r' .. place, math.max(0, tonumber(reserved) - amount))
    end
  end
end

-- Gives back some of what holders have reserved whose leases have ended: a bounded piece of work.
local function reap(holders, now)
  local ended = redis.call('ZRANGEBYSCORE', holders, '-inf', now, 'LIMIT', 0, 4)
  for _, dead in ipairs(ended) do
    local holds = '{llm}:holds:' .. dead
    local some = redis.call('HSCAN', holds, 0, 'COUNT', 16)[2]
    for i = 1, #some, 2 do
      for _, draw in ipairs(cmsgpack.unpack(some[i + 1])) do
        giveBack(draw[1], draw[2], draw[3], draw[4])
      end
      redis.call('HDEL', holds, some[i])
    end
    if redis.call('EXISTS', holds) == 0 then
      redis.call('ZREM', holders, dead)
    end
  end
end

local KEPT = 40 * 86400000 -- milliseconds: longer than a month

local function renew(holders, holder, holds, done, now, lease)
  redis.call('ZADD', holders, now + lease, holder)
  redis.call('PEXPIRE', holders, KEPT)
  redis.call('PEXPIRE', holds, KEPT)
  redis.call('PEXPIRE', done, KEPT)
end

-- What there is to say of a counter: for a sliding window each of its parts.
local function detail(key, kind, a, b, c, d, now)
  if kind == 's' then
    slidingTurn(key, a, now)
    return {0, redis.call('HGETALL', key)}
  elseif kind == 'b' then
    local missing, remainder, reserved = bucketTurn(key, a, b, now)
    return {0, missing, reserved, remainder}
  end
  local window = now < b * 1000000 and a or now < c * 1000000 and b or c
  local known = redis.call('HMGET', key, 'u' .. window, 'r' .. window)
  return {window, number(known[1]), number(known[2])}
end
