#!lua
-- Keeps a photo of a visitor for a while, once, if there is room.
--
-- KEYS[1]  the photo
-- KEYS[2]  set of the keys of the visitor's photos
-- KEYS[3]  sorted set of all photos, by when they expire, in ms
-- ARGV     sealed photo, most of a visitor, most of all, expiry in ms
-- returns  1 kept, 0 was there already, -1 no room
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[2]) or redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[3]) then
  return -1
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
redis.call('SADD', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], now + ARGV[4], KEYS[1])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
return 1
