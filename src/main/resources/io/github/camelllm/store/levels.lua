-- How limits stand.
-- KEYS: holders, then a counter for each limit. ARGV: clock, then for each limit kind and a to d, as reserve.lua has them.

local now = clock()
reap(KEYS[1], now)
local states = {}
for i = 2, #KEYS do
  local at = 2 + (i - 2) * 5
  states[i - 1] = detail(KEYS[i], ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]),
    tonumber(ARGV[at + 4]), now)
end
return {1, now, states}
