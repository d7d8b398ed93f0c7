-- What number of clears Redis knows of, and a gateway believes in. KEYS: clears. ARGV: what the gateway believes.
-- A Redis that is new begins with what the gateway knows. One that has come back from an older copy may have entries again
-- that were cleared: they are gone from now on, for all.

local known = tonumber(ARGV[1])
local now = tonumber(redis.call('HGET', KEYS[1], 'n') or '')
if not now then
  now = math.max(1, known)
  redis.call('HSET', KEYS[1], 'n', now)
elseif now < known then
  now = known + 1
  redis.call('HSET', KEYS[1], 'n', now, 'floor', now)
end
return {now}
