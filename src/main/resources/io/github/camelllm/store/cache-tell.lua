-- Counts a clear and tells all gateways. KEYS: clears. ARGV: channel, the gateway, what is cleared, 1 if that is all.
-- Returns {the number of clears, how many gateways heard}.

local now = redis.call('HINCRBY', KEYS[1], 'n', 1)
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], 'floor', now)
end
return {now, redis.call('PUBLISH', ARGV[1], now .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])}
