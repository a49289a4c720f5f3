/// A value that can be the element of a one-dimensional PostgreSQL array, and so of a Swift array in a statement.
///
/// `[UInt8]` is not an array but bytea, and `[[UInt8]]` an array of bytea. An array with NULLs is an array of optionals.
public protocol PQArrayElement: Sendable {
    /// The type of an array of these.
    static var postgresArrayType: PQType { get }

    /// Appends a whole array in the binary format of ``postgresArrayType``.
    static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) throws(PQError)

    /// Reads a whole array.
    static func decodeArray(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> [Self]
}

extension PQArrayElement where Self: PQEncodable & PQDecodable {
    /// Appends the elements as a whole array in PostgreSQL's binary format.
    public static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) throws(PQError) {
        // dimensions, whether there are NULLs, element type; then length and first index of the one dimension
        bytes.appendBigEndian(Int32(elements.isEmpty ? 0 : 1))
        bytes.appendBigEndian(Int32(elements.contains { $0.isNull } ? 1 : 0))
        bytes.appendBigEndian(postgresType.oid)
        guard !elements.isEmpty else { return }
        guard let count = Int32(exactly: elements.count) else { throw tooLarge() }
        bytes.appendBigEndian(count)
        bytes.appendBigEndian(Int32(1))
        for element in elements {
            let start = bytes.count
            bytes.appendBigEndian(Int32(-1))
            guard !element.isNull else { continue }
            try element.encode(into: &bytes)
            guard let length = Int32(exactly: bytes.count - start - 4) else { throw tooLarge() }
            bytes.setBigEndian(length, at: start)
        }
    }

    /// Reads a whole array from PostgreSQL's binary format.
    public static func decodeArray(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> [Self] {
        guard bytes.count >= 12 else { throw malformed(type) }
        let dimensions = bytes.bigEndian(at: 0, as: Int32.self)
        let elementType = PQType(oid: bytes.bigEndian(at: 8, as: UInt32.self))
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else {
            throw PQError(.decoding, "an array of \(dimensions) dimensions can't be decoded as [\(Self.self)]")
        }
        guard bytes.count >= 20 else { throw malformed(type) }
        let count = Int(bytes.bigEndian(at: 12, as: Int32.self))
        guard count >= 0, count <= (bytes.count - 20) / 4 else { throw malformed(type) }
        var elements: [Self] = []
        elements.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= bytes.count else { throw malformed(type) }
            let length = Int(bytes.bigEndian(at: offset, as: Int32.self))
            offset += 4
            if length < 0 {
                elements.append(try decodeNull())
            } else {
                guard length <= bytes.count - offset else { throw malformed(type) }
                let field = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
                elements.append(try decode(field, type: elementType))
                offset += length
            }
        }
        return elements
    }

    private static func tooLarge() -> PQError { PQError(.encoding, "an array is too large for a parameter") }
}

extension Optional: PQArrayElement where Wrapped: PQArrayElement & PQEncodable & PQDecodable {
    /// The array type of what is wrapped.
    public static var postgresArrayType: PQType { Wrapped.postgresArrayType }
}

/// Bytes: an array of them is bytea.
extension UInt8: PQArrayElement {
    /// `bytea`
    public static var postgresArrayType: PQType { .bytea }

    /// Appends the bytes as they are.
    public static func encodeArray(_ elements: [UInt8], into bytes: inout [UInt8]) throws(PQError) {
        bytes.append(contentsOf: elements)
    }

    /// Takes the bytes as they are.
    public static func decodeArray(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> [UInt8] {
        guard type == .bytea else { throw [UInt8].mismatch(type) }
        return Array(bytes)
    }
}

extension Array: PQArrayElement where Element == UInt8 {
    /// `bytea[]`
    public static var postgresArrayType: PQType { .byteaArray }
}

extension Array: PQEncodable where Element: PQArrayElement {
    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) { try Element.encodeArray(self, into: &bytes) }
}

extension Array: PQDecodable where Element: PQArrayElement {
    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> [Element] {
        try Element.decodeArray(bytes, type: type)
    }
}
