#!lua
-- Adds an event to what is kept of a visitor, once.
--
-- KEYS[1]  stream of the visitor's events
-- KEYS[2]  sorted set of their ids, by the time they were added
-- KEYS[3]  channel of the bell
-- ARGV     id, sealed event, most events, expiry in ms, what to ring
-- returns  1 added, 0 was there already
local at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if at then return 0 end
local t = redis.call('TIME')
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], '*', 'k', ARGV[1], 'v', ARGV[2])
redis.call('ZADD', KEYS[2], t[1] * 1000 + math.floor(t[2] / 1000), ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('PUBLISH', KEYS[3], ARGV[5])
return 1
