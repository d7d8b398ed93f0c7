-- Renews the leases of holders that live, and gives back some of what dead ones have reserved.
-- KEYS: holders, then each holder's holds and what it has settled. ARGV: clock, lease in microseconds, then the holders.

local now = clock()
local lease = tonumber(ARGV[2])
for i = 3, #ARGV do
  renew(KEYS[1], ARGV[i], KEYS[2 * i - 4], KEYS[2 * i - 3], now, lease)
end
reap(KEYS[1], now)
return {1, now}
