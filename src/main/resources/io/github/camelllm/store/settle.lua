-- Replaces what a reservation holds by what was used, once; where it holds nothing any more, only adds what was used.
-- KEYS: the holder's holds, what it has settled, then a counter for each draw.
-- ARGV: clock, id, then for each draw: kind, used, place and a to c, which are
--   s: length of a part; b: period in milliseconds, the limit; c: end of the window, and alerts as percent, threshold, ...

local now = clock()
local id = ARGV[2]
if redis.call('HSETNX', KEYS[2], id, '') == 0 then
  return {0, now}
end
if redis.call('HLEN', KEYS[2]) == 1 then
  redis.call('PEXPIRE', KEYS[2], KEPT)
end
local hold = redis.call('HGET', KEYS[1], id)
if hold then
  redis.call('HDEL', KEYS[1], id)
  hold = cmsgpack.unpack(hold)
end

local told = {}
for i = 3, #KEYS do
  local key, at = KEYS[i], 3 + (i - 3) * 6
  local kind, used, place = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local a, b = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local reserved = 0
  if hold then
    place, reserved = hold[i - 2][3], hold[i - 2][4]
  end
  told[i - 2] = {}
  if used == 0 and reserved == 0 then
    -- nothing was taken, and nothing is
  elseif kind == 's' then
    slidingChange(key, a, place, used - reserved, -reserved, slidingTurn(key, a, now))
  elseif kind == 'b' then
    local missing, remainder, before, millis = bucketTurn(key, a, b, now)
    bucketKeep(key, a, b, math.max(0, missing + used - reserved), remainder, math.max(0, before - reserved), millis)
  else
    local sum = calendarChange(key, place, a, now, used, -reserved, calendarRead(key, place))
    local highest = 0
    for percent, threshold in string.gmatch(ARGV[at + 5], '(%d+)=(%d+)') do
      if sum >= tonumber(threshold) then
        highest = tonumber(percent)
      end
    end
    if highest > 0 then
      local before = number(redis.call('HGET', key, 'a' .. place))
      if highest > before then
        redis.call('HSET', key, 'a' .. place, highest)
        told[i - 2] = {before, highest, sum}
      end
    end
  end
end
return {1, now, told}
