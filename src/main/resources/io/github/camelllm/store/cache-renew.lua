-- Renews leases. KEYS: the leases. ARGV: milliseconds, then the token of each.

for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[i + 1] then
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
end
return {}
