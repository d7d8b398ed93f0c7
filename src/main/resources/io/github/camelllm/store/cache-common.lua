-- What all scripts of the shared cache have in common.
--
-- {llm}:cache:clears is a hash: n counts the clears, and entries that were made before clear number 'floor' are gone.
-- An entry is a hash: g is n when it was made, h its head, b its body, t and l how long it is fresh and kept in all, in
-- milliseconds; the rest of its life is the key's time to live, so that its age goes by Redis's clock alone.

local function generation(key)
  local known = redis.call('HMGET', key, 'n', 'floor')
  return tonumber(known[1] or 0) or 0, tonumber(known[2] or 0) or 0
end

-- The entry with its age; false for none. One of another shape is removed.
local function read(key, floor)
  local found = redis.pcall('HMGET', key, 'g', 'h', 'b', 't', 'l')
  if not found.err and not found[1] and not found[2] then
    return false
  end
  local made, fresh, life = tonumber(found[1]), tonumber(found[4]), tonumber(found[5])
  local left = redis.call('PTTL', key)
  if found.err or not (made and found[2] and found[3] and fresh and life) or left == -1 then
    redis.call('DEL', key)
    return false
  end
  if made < floor or left < 0 then
    return false
  end
  return {head = found[2], body = found[3], fresh = fresh, life = life, age = math.max(0, life - left)}
end

local function told(id, entry)
  return {1, id, entry.head, entry.body, entry.fresh, entry.life, entry.age}
end
