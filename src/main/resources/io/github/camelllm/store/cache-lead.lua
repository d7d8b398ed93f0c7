-- Takes the lease on making an entry, unless a fresh one is there or another has the lease.
-- KEYS: clears, the entry, the lease. ARGV: id, token, milliseconds of the lease, how old an entry may be.
-- Returns {1, id, head, ...}, {2} the lease is the caller's, {3, token of the holder}.

local _, floor = generation(KEYS[1])
local found = read(KEYS[2], floor)
if found and found.age < math.min(found.fresh, tonumber(ARGV[4])) then
  return told(ARGV[1], found)
end
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[2] then
  return {3, holder}
end
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
return {2}
