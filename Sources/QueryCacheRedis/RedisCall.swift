/// What Redis is asked to do.
enum RedisCall: Sendable {
    case command([RedisArgument])
    case script(RedisScript, keys: [String], arguments: [RedisArgument])

    /// Its words on the wire.
    /// - Parameter reference: how a script is named to the server.
    func words(naming reference: (RedisScript) -> [[UInt8]]) -> [[UInt8]] {
        switch self {
        case .command(let words): words.map(\.bytes)
        case .script(let script, let keys, let arguments):
            reference(script) + [RedisArgument("\(keys.count)").bytes] + keys.map { Array($0.utf8) }
                + arguments.map(\.bytes)
        }
    }
}

/// A word of a command: bytes, which a literal gives as text.
struct RedisArgument: Sendable, ExpressibleByStringInterpolation {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(_ text: String) { bytes = Array(text.utf8) }

    init(stringLiteral text: String) { self.init(text) }
}
