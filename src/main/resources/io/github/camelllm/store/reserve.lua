-- Makes reservations of one holder, each for itself: takes all draws of one or none.
-- KEYS: holders, the holder's holds, what it has settled, then a counter for each draw of each reservation.
-- ARGV: clock, holder, lease in microseconds, then for each reservation its id and the number of its draws, and for each of these:
--   kind, amount, max and a to d, which are
--   s: length of a part; b: period in milliseconds, the limit, size; c: begin of the last, this and the next window and its end
-- Returns for each 0 and what is refused, 1 and the states of its counters, 2 if it was cancelled before, or 3 and an error.

local now = clock()
local holder, lease = ARGV[2], tonumber(ARGV[3])

local function reserve(id, key, at, count)
  if redis.call('HEXISTS', KEYS[3], id) == 1 then
    return {2, 0} -- it was given up before it came
  end
  local draws, refused = {}, {}
  for i = 1, count do
    local draw = {
      key = KEYS[key], kind = ARGV[at], amount = tonumber(ARGV[at + 1]), max = tonumber(ARGV[at + 2]),
      a = tonumber(ARGV[at + 3]), b = tonumber(ARGV[at + 4]), c = tonumber(ARGV[at + 5]), d = tonumber(ARGV[at + 6])
    }
    local free
    if draw.kind == 's' then
      draw.turned = slidingTurn(draw.key, draw.a, now)
      draw.place = draw.turned.part
      free = draw.max - draw.turned.taken
    elseif draw.kind == 'b' then
      draw.place = 0
      draw.missing, draw.remainder, draw.reserved, draw.at = bucketTurn(draw.key, draw.a, draw.b, now)
      free = draw.c - draw.missing
    else
      draw.place = now < draw.b * 1000000 and draw.a or now < draw.c * 1000000 and draw.b or draw.c
      draw.ending = draw.place == draw.a and draw.b or draw.place == draw.b and draw.c or draw.d
      draw.known = calendarRead(draw.key, draw.place)
      draw.used, draw.reserved = number(draw.known[3]), number(draw.known[4])
      free = draw.max - draw.used - draw.reserved
    end
    if draw.amount > math.max(0, free) then
      refused[#refused + 1] = {i - 1, detail(draw.key, draw.kind, draw.a, draw.b, draw.c, draw.d, now)}
    end
    draws[i] = draw
    key, at = key + 1, at + 7
  end
  if #refused > 0 then
    return {0, refused}
  end

  local states, hold = {}, {}
  for i, draw in ipairs(draws) do
    local amount = draw.amount
    if draw.kind == 's' then
      if amount > 0 then
        slidingChange(draw.key, draw.a, draw.place, amount, amount, draw.turned)
        states[i] = {draw.place, draw.turned.taken + amount, draw.turned.reserved + amount}
      else
        states[i] = detail(draw.key, 's', draw.a, 0, 0, 0, now)
        states[i][1] = draw.place
      end
    elseif draw.kind == 'b' then
      bucketKeep(draw.key, draw.a, draw.b, draw.missing + amount, draw.remainder, draw.reserved + amount, draw.at)
      states[i] = {0, draw.missing + amount, draw.reserved + amount, draw.remainder}
    else
      calendarChange(draw.key, draw.place, draw.ending, now, 0, amount, draw.known)
      states[i] = {draw.place, draw.used, draw.reserved + amount}
    end
    hold[i] = {draw.key, draw.kind, draw.place, amount}
  end
  redis.call('HSET', KEYS[2], id, cmsgpack.pack(hold))
  return {1, states}
end

reap(KEYS[1], now)
local results, granted = {}, 0
local key, at = 4, 4
while at <= #ARGV do
  local count = tonumber(ARGV[at + 1])
  local ran, result = pcall(reserve, ARGV[at], key, at + 2, count)
  if not ran then -- the others of the batch are none of its business
    result = {3, type(result) == 'table' and result.err or tostring(result)}
  elseif result[1] == 1 then
    granted = granted + 1
  end
  results[#results + 1] = result
  key, at = key + count, at + 2 + 7 * count
end
if granted > 0 then
  if redis.call('HLEN', KEYS[2]) <= granted then
    redis.call('PEXPIRE', KEYS[2], KEPT)
  end
  if number(redis.call('ZSCORE', KEYS[1], holder)) < now + lease / 2 then
    renew(KEYS[1], holder, KEYS[2], KEYS[3], now, lease)
  end
end
return {1, now, results}
