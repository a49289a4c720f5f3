/// A bound value: its type and its bytes in the type's binary format.
///
/// It prints as its type only, so that values don't get into logs.
public struct PQParameter: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The type that the server is told.
    public let type: PQType
    /// The value in the type's binary format; nil is NULL.
    public let bytes: [UInt8]?
    /// Why the value could not be encoded; thrown when the statement is run.
    let failure: PQError?

    /// Encodes a value. One that can't be encoded makes the statement throw when it is run.
    /// - Parameter value: the value to bind.
    public init<Value: PQEncodable>(_ value: Value) {
        type = Value.postgresType
        guard !value.isNull else {
            bytes = nil
            failure = nil
            return
        }
        var encoded: [UInt8] = []
        do {
            try value.encode(into: &encoded)
            bytes = encoded
            failure = nil
        } catch {
            bytes = nil
            failure = error
        }
    }

    /// Binds bytes that are in the type's binary format already.
    /// - Parameters:
    ///   - type: the type that the server is told.
    ///   - bytes: the value; nil is NULL.
    public init(type: PQType, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
        failure = nil
    }

    /// The type only.
    public var description: String { "<\(type)>" }
    /// The type only.
    public var debugDescription: String { description }
}
