-- Removes an entry and tells all gateways. KEYS: the entry. ARGV: channel, message.

redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[1], ARGV[2])
return {}
