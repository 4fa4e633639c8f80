#!lua flags=no-writes
-- Everything of one helpdesk as it is at one moment.
--
-- KEYS[1]  any key of the helpdesk, for a Cluster to find the node
-- ARGV[1]  pattern of all its keys
-- returns  for each key: its name, when it expires in ms since 1970 (-1 = never),
--          and what DUMP gives
local all = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  local dump = redis.call('DUMP', key)
  if dump then
    all[#all + 1] = key
    all[#all + 1] = redis.call('PEXPIRETIME', key)
    all[#all + 1] = dump
  end
end
return all
