#!lua
-- Stores one message of a contact, unless it was stored before.
--
-- KEYS[1]  string: the mark of this message
-- KEYS[2]  sorted set of due conversations    KEYS[3]  hash of their leases
-- KEYS[4]  hash of the conversation           KEYS[5]  list of its events
-- KEYS[6…] strings: the contact's hashes, each holding a conversation
-- ARGV     conversation, sealed event, hot (1 = at once), quiet ms, most quiet ms,
--          most events, ms that a mark is kept, ms that a conversation is kept, token
--          of a lease that is offered ("" = none), its ms
-- returns  {0, owner} stored, {1, owner} stored before, {2, conversation} the contact
--          has another conversation: call again with that, {3, owner} too many wait:
--          counted, not stored; {4, owner, …} stored, due now, and the caller has the
--          lease: then follows what load.lua returns. A repeat with the same token gets
--          that too
local id, event, hot = ARGV[1], ARGV[2], ARGV[3] == '1'
local quiet, longest, most = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local known = redis.call('MGET', unpack(KEYS, 6))
for _, conversation in ipairs(known) do
  if conversation then
    if conversation ~= id then return {2, conversation} end
    break
  end
end
local token = ARGV[9]
local head = redis.call('HMGET', KEYS[4], 'owner', 'first', 'hot', 'v', 'state', 'dropped', 'tries')
local owner, first = head[1] or '', head[2]
local function given()
  local answer = {4, owner}
  for i = 4, 7 do answer[i - 1] = head[i] or '' end
  for i, e in ipairs(redis.call('LRANGE', KEYS[5], 0, -1)) do answer[6 + i] = e end
  return answer
end
if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[7]) then
  if token ~= '' and redis.call('HGET', KEYS[3], id) == token then return given() end
  return {1, owner}
end
for i = 6, #KEYS do
  if not known[i - 5] then
    redis.call('SET', KEYS[i], id, 'PX', ARGV[8])
  elseif redis.call('PTTL', KEYS[i]) > 0 then -- that of an open case has no expiry, and keeps it so
    redis.call('PEXPIRE', KEYS[i], ARGV[8])
  end
end
if redis.call('LLEN', KEYS[5]) >= most and not hot then
  redis.call('HINCRBY', KEYS[4], 'dropped', 1)
  return {3, owner}
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('RPUSH', KEYS[5], event)
first = first or now
local when = now
if not hot and not head[3] and owner ~= 'volunteer' then
  when = math.min(first + longest, now + quiet)
end
if hot then
  redis.call('HSET', KEYS[4], 'first', first, 'want', when, 'hot', 1)
else
  redis.call('HSET', KEYS[4], 'first', first, 'want', when)
end
local score = tonumber(redis.call('ZSCORE', KEYS[2], id) or '')
if score and score > now and redis.call('HEXISTS', KEYS[3], id) == 1 then return {0, owner} end
if when <= now and token ~= '' then
  redis.call('ZADD', KEYS[2], now + ARGV[10], id)
  redis.call('HSET', KEYS[3], id, token)
  return given()
end
redis.call('ZADD', KEYS[2], when, id)
return {0, owner}
