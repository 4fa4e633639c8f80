#!lua
-- Counts a message against the limits. The same message counts once, and a visitor
-- who is known already needs no place among the address's new ones.
--
-- KEYS[1]  sorted set of the visitor's messages, by time in ms
-- KEYS[2]  sorted set of the address's new visitors, by time in ms
-- KEYS[3]  stream of the visitor's events
-- ARGV     message id, most messages, their window in ms, visitor, most visitors,
--          their window in ms
-- returns  0, or ms until there is room
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local function wait(key, member, most, window)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZSCORE', key, member) or redis.call('ZCARD', key) < most then return 0 end
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return math.max(1, first[2] + window - now)
end

local new = redis.call('EXISTS', KEYS[3]) == 0
local ms = wait(KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
if ms == 0 and new then
  ms = wait(KEYS[2], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]))
end
if ms > 0 then return ms end
redis.call('ZADD', KEYS[1], 'NX', now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if new then
  redis.call('ZADD', KEYS[2], 'NX', now, ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
end
return 0
