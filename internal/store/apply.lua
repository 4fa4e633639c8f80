#!lua
-- Guards, then writes; all or nothing.
--
-- KEYS     every key that a guard or a write names
-- ARGV     operation id
--          number of guards, then per guard: key index, field, wanted value ("" = absent)
--          number of writes, then per write: command, key index, number of
--          arguments, arguments. Three commands are our own:
--            WAKE  key = due set; arguments: index of the leases hash, index of
--                  the head hash (0 = none), member, delay in ms. Makes the member
--                  due, or due after its lease.
--            REST  key = due set; arguments: index of the leases hash, index of
--                  the head hash, index of the waiting list (0 = something waits in
--                  any case), member, timer in ms since 1970 (0 = none), fields.
--                  Gives the lease back, sets the next due time and removes the
--                  fields from the head.
--            NEXT  key = due set; arguments: index of the leases hash, index of
--                  the waiting list, member, delay in ms. Gives the lease back;
--                  what still waits is due after the delay.
--            HAND  key = due set; arguments: index of the leases hash, index of
--                  the waiting list, member, how many wait that were written just
--                  now, delay in ms, token, lease in ms. Gives the caller the lease
--                  when nothing else waits; else makes the member due as WAKE does.
-- KEYS[1]  a hash; its field "op" remembers the last operation
-- returns  {1, n, …} done, {2, n, …} done before under the same operation id; n are the
--          HANDs that gave the lease and the RESTs that left something waiting. {0, n}
--          guard n does not hold, {-1, index} a key has the wrong type
local kinds = {
  HSET = 'hash', HDEL = 'hash', HINCRBY = 'hash', HSETNX = 'hash',
  RPUSH = 'list', LPUSH = 'list', LTRIM = 'list', LREM = 'list', LINSERT = 'list',
  ZADD = 'zset', ZREM = 'zset', WAKE = 'zset', REST = 'zset', NEXT = 'zset', HAND = 'zset',
  SET = 'string', SADD = 'set', SREM = 'set', XADD = 'stream', PFADD = 'string',
  DEL = '*', PEXPIRE = '*', PERSIST = '*', PUBLISH = '*',
}
local at = 1
local function arg()
  local v = ARGV[at]
  at = at + 1
  return v
end

local types = {}
local op, again = arg(), false
if op ~= '' then
  local t = redis.call('TYPE', KEYS[1]).ok
  types[1] = t
  if t ~= 'hash' and t ~= 'none' then return {-1, 1} end
  again = redis.call('HGET', KEYS[1], 'op') == op
end

for n = 1, tonumber(arg()) do
  local key, field, want = KEYS[tonumber(arg())], arg(), arg()
  if not again and (redis.call('HGET', key, field) or '') ~= want then return {0, n} end
end

local writes = {}
for n = 1, tonumber(arg()) do
  local cmd, index, argc = arg(), tonumber(arg()), tonumber(arg())
  local want = kinds[cmd]
  if not want then return redis.error_reply('ERR unknown write ' .. cmd) end
  if want ~= '*' then
    local t = types[index]
    if not t then
      t = redis.call('TYPE', KEYS[index]).ok
      types[index] = t
    end
    if t ~= want and t ~= 'none' then return {-1, index} end
  end
  local w = {cmd, KEYS[index]}
  for i = 1, argc do w[i + 2] = arg() end
  writes[n] = w
end

local now
local function clock()
  if not now then
    local t = redis.call('TIME')
    now = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  return now
end

local function wake(due, leases, head, member, delay)
  local when = clock() + delay
  if head then
    local want = tonumber(redis.call('HGET', head, 'want') or '')
    if not want or want > when then redis.call('HSET', head, 'want', when) end
  end
  local score = tonumber(redis.call('ZSCORE', due, member) or '')
  if score and score > clock() and redis.call('HEXISTS', leases, member) == 1 then return end
  if not score or score > when then redis.call('ZADD', due, when, member) end
end

local function rest(due, leases, head, waiting, member, timer, ...)
  redis.call('HDEL', leases, member)
  if not waiting or redis.call('LLEN', waiting) > 0 then
    redis.call('ZADD', due, redis.call('HGET', head, 'want') or clock(), member)
    if ... then redis.call('HDEL', head, ...) end
    return true
  end
  redis.call('HDEL', head, 'want', ...)
  if timer > 0 then
    redis.call('ZADD', due, timer, member)
  else
    redis.call('ZREM', due, member)
  end
  return false
end

local function next(due, leases, waiting, member, delay)
  redis.call('HDEL', leases, member)
  if redis.call('LLEN', waiting) > 0 then
    redis.call('ZADD', due, clock() + delay, member)
  else
    redis.call('ZREM', due, member)
  end
end

local function hand(due, leases, waiting, member, written, delay, token, lease)
  if redis.call('LLEN', waiting) > written then
    wake(due, leases, nil, member, delay)
    return false
  end
  redis.call('ZADD', due, clock() + lease, member)
  redis.call('HSET', leases, member, token)
  return true
end

local answer = {1}
if again then
  answer[1] = 2
  for n, w in ipairs(writes) do
    local given = w[1] == 'HAND' and redis.call('HGET', KEYS[tonumber(w[3])], w[5]) == w[8]
    if given or w[1] == 'REST' then answer[#answer + 1] = n end
  end
  return answer
end

for n, w in ipairs(writes) do
  local yes
  if w[1] == 'WAKE' then
    wake(w[2], KEYS[tonumber(w[3])], KEYS[tonumber(w[4])], w[5], tonumber(w[6]))
  elseif w[1] == 'REST' then
    yes = rest(w[2], KEYS[tonumber(w[3])], KEYS[tonumber(w[4])], KEYS[tonumber(w[5])], w[6], tonumber(w[7]), unpack(w, 8))
  elseif w[1] == 'NEXT' then
    next(w[2], KEYS[tonumber(w[3])], KEYS[tonumber(w[4])], w[5], tonumber(w[6]))
  elseif w[1] == 'HAND' then
    yes = hand(w[2], KEYS[tonumber(w[3])], KEYS[tonumber(w[4])], w[5], tonumber(w[6]), tonumber(w[7]), w[8], tonumber(w[9]))
  else
    if op ~= '' and w[1] == 'HSET' and w[2] == KEYS[1] then
      w[#w + 1], w[#w + 2], op = 'op', op, ''
    end
    redis.call(unpack(w))
  end
  if yes then answer[#answer + 1] = n end
end
if op ~= '' then redis.call('HSET', KEYS[1], 'op', op) end
return answer
