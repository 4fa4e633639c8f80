#!lua
-- Puts what was staged in the place of all that is there, at once.
--
-- KEYS[1]  hash: name of a staged key, without its prefix → when it expires in ms
--          since 1970; those that never do are not in it
-- ARGV[1]  prefix of the helpdesk's keys
-- ARGV[2]  prefix of the staged keys, which begins with the other one
-- ARGV[3]  how many keys were staged
-- returns  1, or 0 when some have gone meanwhile and nothing was done
local staged = redis.call('KEYS', ARGV[2] .. '*')
if #staged ~= tonumber(ARGV[3]) then
  return 0
end
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  if string.sub(key, 1, #ARGV[2]) ~= ARGV[2] and key ~= KEYS[1] then
    redis.call('UNLINK', key)
  end
end
for _, key in ipairs(staged) do
  local name = string.sub(key, #ARGV[2] + 1)
  redis.call('RENAME', key, ARGV[1] .. name)
  local at = redis.call('HGET', KEYS[1], name)
  if at then
    redis.call('PEXPIREAT', ARGV[1] .. name, at)
  else
    redis.call('PERSIST', ARGV[1] .. name)
  end
end
redis.call('DEL', KEYS[1])
return 1
