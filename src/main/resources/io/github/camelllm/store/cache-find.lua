-- Looks for an entry by its id, or else by another name.
-- KEYS: clears, the entry, the name if there is one. ARGV: what keys of entries begin with, the id.
-- Returns {1, id, head, body, fresh, life, age} or {0}.

local _, floor = generation(KEYS[1])
local found = read(KEYS[2], floor)
if found then
  return told(ARGV[2], found)
end
local id = KEYS[3] and redis.pcall('GET', KEYS[3])
if type(id) == 'string' then
  found = read(ARGV[1] .. id, floor)
  if found then
    return told(id, found)
  end
end
return {0}
