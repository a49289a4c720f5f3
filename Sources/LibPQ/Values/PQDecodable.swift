/// A Swift value that can be read from a result's column, from PostgreSQL's binary format.
public protocol PQDecodable: PQValue {
    /// Reads a value that is not NULL.
    /// - Parameters:
    ///   - bytes: the value in the binary format of `type`; valid during the call only.
    ///   - type: the column's type.
    /// - Throws: ``PQError/Code/decoding`` if the column's type is another one or the bytes are malformed.
    static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Self

    /// The value that stands for NULL.
    /// - Throws: ``PQError/Code/decoding`` if there is none, which is so for all but optionals.
    static func decodeNull() throws(PQError) -> Self
}

extension PQDecodable {
    /// Throws ``PQError/Code/decoding``: only an optional can be NULL.
    public static func decodeNull() throws(PQError) -> Self {
        throw PQError(.decoding, "the value is NULL; decode it as \(Self.self)?")
    }
}

extension PQDecodable {
    static func decodeField(_ bytes: UnsafeRawBufferPointer?, type: PQType) throws(PQError) -> Self {
        if let bytes { try decode(bytes, type: type) } else { try decodeNull() }
    }

    static func mismatch(_ type: PQType) -> PQError {
        PQError(.decoding, "a value of type \(type) can't be decoded as \(Self.self); cast it in the SQL")
    }

    static func malformed(_ type: PQType) -> PQError {
        PQError(.decoding, "malformed binary value of type \(type)")
    }
}

extension Optional: PQDecodable where Wrapped: PQDecodable {
    /// Reads what is wrapped.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Wrapped? {
        try Wrapped.decode(bytes, type: type)
    }

    /// `nil`
    public static func decodeNull() throws(PQError) -> Wrapped? { nil }
}
