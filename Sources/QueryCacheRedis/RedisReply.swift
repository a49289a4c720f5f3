import CHiredis

/// What Redis answers.
enum RedisReply: Sendable {
    case nothing
    case integer(Int64)
    case bytes([UInt8])
    case array([RedisReply])
    case failure(RedisError)

    /// Copies a reply of hiredis. It is nested no deeper than hiredis reads, nine levels.
    init(_ reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .bytes(Self.bytes(of: reply))
        case REDIS_REPLY_ERROR:
            self = .failure(RedisError(reply: String(decoding: Self.bytes(of: reply), as: UTF8.self)))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            self = .array(elements.map { $0.map { RedisReply($0.pointee) } ?? .nothing })
        default: self = .nothing
        }
    }

    private static func bytes(of reply: redisReply) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len))
    }

    /// The reply itself, unless it is a failure.
    func get() throws(RedisError) -> RedisReply {
        if case .failure(let error) = self { throw error }
        return self
    }
}
