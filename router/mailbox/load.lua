#!lua flags=no-writes
-- Reads all that waits for a conversation, at one moment.
--
-- KEYS[1]  hash of the conversation    KEYS[2]  list of its events
-- returns  {version, state, dropped, tries, event, …}; "" for what is not there
local fields = redis.call('HMGET', KEYS[1], 'v', 'state', 'dropped', 'tries')
for i = 1, 4 do fields[i] = fields[i] or '' end
for i, event in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do fields[4 + i] = event end
return fields
