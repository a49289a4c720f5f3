// Integers are read from any integer column whose value fits, and written as their own width; Int is int8.

extension FixedWidthInteger {
    fileprivate static func decodeInteger(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Self {
        let wide: Int64
        switch (type, bytes.count) {
        case (.int8, 8): wide = bytes.bigEndian(as: Int64.self)
        case (.int4, 4): wide = Int64(bytes.bigEndian(as: Int32.self))
        case (.int2, 2): wide = Int64(bytes.bigEndian(as: Int16.self))
        case (.oid, 4): wide = Int64(bytes.bigEndian(as: UInt32.self))
        case (.int8, _), (.int4, _), (.int2, _), (.oid, _):
            throw PQError(.decoding, "malformed binary value of type \(type)")
        default:
            throw PQError(.decoding, "a value of type \(type) can't be decoded as \(Self.self); cast it in the SQL")
        }
        guard let value = Self(exactly: wide) else {
            throw PQError(.decoding, "a value of type \(type) is too large for \(Self.self)")
        }
        return value
    }
}

extension Int: PQEncodable, PQDecodable, PQArrayElement {
    /// `int8`
    public static var postgresType: PQType { .int8 }
    /// `int8[]`
    public static var postgresArrayType: PQType { .int8Array }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(Int64(self)) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Int {
        try decodeInteger(bytes, type: type)
    }
}

extension Int64: PQEncodable, PQDecodable, PQArrayElement {
    /// `int8`
    public static var postgresType: PQType { .int8 }
    /// `int8[]`
    public static var postgresArrayType: PQType { .int8Array }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(self) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Int64 {
        try decodeInteger(bytes, type: type)
    }
}

extension Int32: PQEncodable, PQDecodable, PQArrayElement {
    /// `int4`
    public static var postgresType: PQType { .int4 }
    /// `int4[]`
    public static var postgresArrayType: PQType { .int4Array }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(self) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Int32 {
        try decodeInteger(bytes, type: type)
    }
}

extension Int16: PQEncodable, PQDecodable, PQArrayElement {
    /// `int2`
    public static var postgresType: PQType { .int2 }
    /// `int2[]`
    public static var postgresArrayType: PQType { .int2Array }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(self) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Int16 {
        try decodeInteger(bytes, type: type)
    }
}
