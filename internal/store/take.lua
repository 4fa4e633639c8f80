#!lua
-- Takes what is due under a lease.
--
-- KEYS[1]  sorted set: member by due time, ms since 1970
-- KEYS[2]  hash: member to lease token
-- KEYS[3]  string: this taker's last answer, kept for one lease
-- ARGV     operation id, most members, lease in ms, random token
-- returns  {ms until the next is due (-1 = nothing waits), member, token, …}; a
--          repeat of an operation id gets the same answer
local op = ARGV[1]
local last = redis.call('GET', KEYS[3])
if last then
  last = cjson.decode(last)
  if last[1] == op then return last[2] end
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local answer = {0}
local due = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[2])
local scores, leases = {}, {}
for i, member in ipairs(due) do
  local token = ARGV[4] .. i
  scores[2 * i - 1], scores[2 * i] = now + ARGV[3], member
  leases[2 * i - 1], leases[2 * i] = member, token
  answer[2 * i], answer[2 * i + 1] = member, token
end
if #due == 0 then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  answer[1] = first[2] and math.max(0, math.floor(first[2] - now)) or -1
else
  redis.call('ZADD', KEYS[1], unpack(scores))
  redis.call('HSET', KEYS[2], unpack(leases))
  redis.call('SET', KEYS[3], cjson.encode({op, answer}), 'PX', ARGV[3])
end
return answer
