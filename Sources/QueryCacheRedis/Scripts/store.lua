-- Returns 1 if the answer was taken, 0 if it is not newer than what is known.
local version, answer, expiry, time, guardLifetime = unpack(ARGV)
local newest, isGone = known()
if newest then
    local order = compare(version, newest)
    if order < 0 then return 0 end
    -- An answer whose time is over may be replaced by one of the same version.
    if order == 0 and (isGone or redis.call('EXISTS', KEYS[1]) == 1) then return 0 end
end
local reply = redis.pcall('SET', KEYS[2], version)
if not isError(reply) then reply = redis.pcall('HSET', KEYS[1], 'version', version, 'answer', answer) end
if isError(reply) then
    -- There is no memory left for it, but what is there is too old now.
    redis.call('DEL', KEYS[1])
    return reply
end
if expiry == '' then
    redis.call('PERSIST', KEYS[1])
    return 1
end
redis.call(expiry, KEYS[1], time)
redis.call('PEXPIRE', KEYS[2], math.max(0, redis.call('PTTL', KEYS[1])) + tonumber(guardLifetime))
return 1
