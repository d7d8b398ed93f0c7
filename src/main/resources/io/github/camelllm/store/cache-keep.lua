-- Keeps an entry, unless something has been cleared since it was asked for; gives the lease back in any case.
-- KEYS: clears, the entry, the lease, the other name if there is one.
-- ARGV: token, generation, fresh, life, head, body, id, channel, message to publish or nothing.
-- Returns {1} if it is kept, {0} if not.

local kept = 0
local now = generation(KEYS[1])
if now == tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'g', now, 'h', ARGV[5], 'b', ARGV[6], 't', ARGV[3], 'l', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  if KEYS[4] then
    redis.call('SET', KEYS[4], ARGV[7], 'PX', ARGV[4])
  end
  if ARGV[9] ~= '' then
    redis.call('PUBLISH', ARGV[8], ARGV[9])
  end
  kept = 1
end
if ARGV[1] ~= '' and redis.call('GET', KEYS[3]) == ARGV[1] then
  redis.call('DEL', KEYS[3])
end
return {kept}
