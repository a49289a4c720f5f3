-- KEYS[1] is a hash of an answer and its version; Redis deletes it when its time is over.
-- KEYS[2] guards it and outlives it: the newest version, followed by " gone" if its answer was taken away.

-- Versions are 64 bits wide, more than Lua's numbers hold: they are compared as decimal text.
local function compare(a, b)
    if a == b then return 0 end
    local aIsNegative, bIsNegative = a:sub(1, 1) == '-', b:sub(1, 1) == '-'
    if aIsNegative ~= bIsNegative then return aIsNegative and -1 or 1 end
    local isLess
    if #a ~= #b then isLess = #a < #b else isLess = a < b end
    return isLess ~= aIsNegative and -1 or 1
end

-- The newest version known, nil if none is, and whether its answer was taken away.
local function known()
    local guard = redis.call('GET', KEYS[2])
    if guard then return guard:match('^[^ ]+'), guard:find(' gone', 1, true) ~= nil end
    -- The guard may have been evicted.
    return redis.call('HGET', KEYS[1], 'version') or nil, false
end

local function isError(reply) return type(reply) == 'table' and reply.err ~= nil end
