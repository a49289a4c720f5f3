extension Bool: PQEncodable, PQDecodable, PQArrayElement {
    public static var postgresType: PQType { .bool }
    public static var postgresArrayType: PQType { .boolArray }

    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.append(self ? 1 : 0) }

    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Bool {
        guard type == .bool else { throw mismatch(type) }
        guard bytes.count == 1 else { throw malformed(type) }
        return bytes[0] != 0
    }
}

extension Float: PQEncodable, PQDecodable, PQArrayElement {
    public static var postgresType: PQType { .float4 }
    public static var postgresArrayType: PQType { .float4Array }

    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(bitPattern) }

    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Float {
        guard type == .float4 else { throw mismatch(type) }
        guard bytes.count == 4 else { throw malformed(type) }
        return Float(bitPattern: bytes.bigEndian(as: UInt32.self))
    }
}

/// Read from float8 and float4.
extension Double: PQEncodable, PQDecodable, PQArrayElement {
    public static var postgresType: PQType { .float8 }
    public static var postgresArrayType: PQType { .float8Array }

    public func encode(into bytes: inout [UInt8]) throws(PQError) { bytes.appendBigEndian(bitPattern) }

    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Double {
        if type == .float4 { return Double(try Float.decode(bytes, type: type)) }
        guard type == .float8 else { throw mismatch(type) }
        guard bytes.count == 8 else { throw malformed(type) }
        return Double(bitPattern: bytes.bigEndian(as: UInt64.self))
    }
}

/// Read from all the text types, json, jsonb and enums; written as text.
extension String: PQEncodable, PQDecodable, PQArrayElement {
    public static var postgresType: PQType { .text }
    public static var postgresArrayType: PQType { .textArray }

    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        bytes.append(contentsOf: utf8)
    }

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
