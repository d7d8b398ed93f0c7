-- Gives a lease back. KEYS: the lease. ARGV: token, what is left in its place for a while or nothing, milliseconds.

if redis.call('GET', KEYS[1]) == ARGV[1] then
  if ARGV[2] == '' then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  end
end
return {}
