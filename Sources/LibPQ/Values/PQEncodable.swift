/// A Swift value that can be a statement's parameter, in PostgreSQL's binary format.
public protocol PQEncodable: PQValue {
    /// Whether the value is SQL's NULL; then ``encode(into:)`` is not called.
    var isNull: Bool { get }

    /// Appends the value in the binary format of ``PQValue/postgresType``.
    /// - Parameter bytes: where to append.
    /// - Throws: ``PQError/Code/encoding`` if the type can't hold the value.
    func encode(into bytes: inout [UInt8]) throws(PQError)
}

extension PQEncodable {
    /// False: only an optional can be NULL.
    public var isNull: Bool { false }
}

extension Optional: PQEncodable where Wrapped: PQEncodable {
    /// True for `nil`.
    public var isNull: Bool {
        switch self {
        case .some(let value): value.isNull
        case .none: true
        }
    }

    /// Appends what is wrapped.
    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        if let self { try self.encode(into: &bytes) }
    }
}
