/// A jsonb value as UTF-8 text, neither parsed nor checked on the client. Read from json as well.
public struct PQJSON: Hashable, Sendable {
    /// The JSON text in UTF-8.
    public var bytes: [UInt8]

    /// Wraps JSON text.
    /// - Parameter bytes: the text in UTF-8.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Wraps JSON text.
    /// - Parameter text: the text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The JSON text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text within the binary format: jsonb has a version byte in front.
    static func text(of bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> UnsafeRawBufferPointer {
        guard type == .jsonb else { return bytes }
        guard bytes.first == 1 else { throw malformed(type) }
        return UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    }
}

extension PQJSON: PQEncodable, PQDecodable, PQArrayElement {
    /// `jsonb`
    public static var postgresType: PQType { .jsonb }
    /// `jsonb[]`
    public static var postgresArrayType: PQType { .jsonbArray }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        bytes.append(1)
        bytes.append(contentsOf: self.bytes)
    }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> PQJSON {
        guard type == .jsonb || type == .json else { throw mismatch(type) }
        return PQJSON(bytes: Array(try text(of: bytes, type: type)))
    }
}
