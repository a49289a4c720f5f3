local guardLifetime = ARGV[1]
local newest = known()
if not newest then return 0 end
redis.call('DEL', KEYS[1])
return redis.pcall('SET', KEYS[2], newest .. ' gone', 'PX', guardLifetime)
