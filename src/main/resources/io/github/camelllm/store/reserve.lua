-- Takes all draws of a reservation or none.
-- KEYS: holders, the holder's holds, what it has settled, then a counter for each draw.
-- ARGV: clock, holder, lease in microseconds, id, then for each draw: kind, amount, max and a to d, which are
--   s: length of a part; b: period in milliseconds, the limit, size; c: begin of the last, this and the next window and its end

local now = clock()
local holder, lease, id = ARGV[2], tonumber(ARGV[3]), ARGV[4]
reap(KEYS[1], now)
if redis.call('HEXISTS', KEYS[3], id) == 1 then
  return {2, now} -- it was given up before it came
end

local draws, refused = {}, {}
for i = 4, #KEYS do
  local at = 5 + (i - 4) * 7
  local draw = {
    key = KEYS[i], kind = ARGV[at], amount = tonumber(ARGV[at + 1]), max = tonumber(ARGV[at + 2]),
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
    refused[#refused + 1] = {i - 4, detail(draw.key, draw.kind, draw.a, draw.b, draw.c, draw.d, now)}
  end
  draws[i - 3] = draw
end
if #refused > 0 then
  return {0, now, refused}
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
if redis.call('HLEN', KEYS[2]) == 1 then
  redis.call('PEXPIRE', KEYS[2], KEPT)
end
if number(redis.call('ZSCORE', KEYS[1], holder)) < now + lease / 2 then
  renew(KEYS[1], holder, KEYS[2], KEYS[3], now, lease)
end
return {1, now, states}
