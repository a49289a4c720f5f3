extension Bool: PQEncodable, PQDecodable, PQArrayElement {
    /// `bool`
    public static var postgresType: PQType { .bool }
    /// `bool[]`
    public static var postgresArrayType: PQType { .boolArray }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.append(self ? 1 : 0) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Bool {
        guard type == .bool else { throw mismatch(type) }
        guard bytes.count == 1 else { throw malformed(type) }
        return bytes[0] != 0
    }
}

extension Float: PQEncodable, PQDecodable, PQArrayElement {
    /// `float4`
    public static var postgresType: PQType { .float4 }
    /// `float4[]`
    public static var postgresArrayType: PQType { .float4Array }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(bitPattern) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Float {
        guard type == .float4 else { throw mismatch(type) }
        guard bytes.count == 4 else { throw malformed(type) }
        return Float(bitPattern: bytes.bigEndian(as: UInt32.self))
    }
}

/// Read from float8 and float4.
extension Double: PQEncodable, PQDecodable, PQArrayElement {
    /// `float8`
    public static var postgresType: PQType { .float8 }
    /// `float8[]`
    public static var postgresArrayType: PQType { .float8Array }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(bitPattern) }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Double {
        if type == .float4 { return Double(try Float.decode(bytes, type: type)) }
        guard type == .float8 else { throw mismatch(type) }
        guard bytes.count == 8 else { throw malformed(type) }
        return Double(bitPattern: bytes.bigEndian(as: UInt64.self))
    }
}

/// Read from all the text types, json, jsonb and enums; written as text.
extension String: PQEncodable, PQDecodable, PQArrayElement {
    /// `text`
    public static var postgresType: PQType { .text }
    /// `text[]`
    public static var postgresArrayType: PQType { .textArray }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        bytes.append(contentsOf: utf8)
    }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> String {
        var bytes = bytes
        switch type {
        case .text, .varchar, .bpchar, .name, .unknown, .char, .json, .xml: break
        case .jsonb: bytes = try PQJSON.text(of: bytes, type: type)
        default: guard type.isUserDefined else { throw mismatch(type) }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PQError(.decoding, "a value of type \(type) is not UTF-8")
        }
        return text
    }
}
