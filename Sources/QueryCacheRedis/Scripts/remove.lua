local version, guardLifetime = unpack(ARGV)
local newest = known()
if newest and compare(version, newest) < 0 then return 0 end
redis.call('DEL', KEYS[1])
return redis.pcall('SET', KEYS[2], version .. ' gone', 'PX', guardLifetime)
