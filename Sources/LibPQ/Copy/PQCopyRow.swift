/// One row of a COPY. It shares its bytes with the rows around it.
public struct PQCopyRow: Sendable {
    private let chunk: [UInt8]
    private let fields: [Range<Int>?]

    init(chunk: [UInt8], fields: [Range<Int>?]) {
        self.chunk = chunk
        self.fields = fields
    }

    /// The number of columns.
    public var columnCount: Int { fields.count }

    /// Lends the bytes of a value, without a copy.
    /// - Parameters:
    ///   - column: from 0 up to ``columnCount``; anything else stops the program.
    ///   - body: gets the bytes, valid during the call only; nil is NULL.
    /// - Returns: what `body` returns.
    public func withBytes<Value>(column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Value) rethrows -> Value {
        guard let field = fields[column] else { return try body(nil) }
        return try chunk.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[field])) }
    }

    /// Decodes the whole row into a tuple, column by column.
    ///
    /// COPY does not say which types the columns have: they are taken to be those that the Swift types stand for
    /// (`Int32` for int4, …), and only the length of a value can tell that they are not.
    /// - Parameter type: the tuple of types, one for each column.
    /// - Throws: ``PQError/Code/decoding`` if the number of columns is another one or a value is not of its type.
    public func decode<each Value: PQDecodable>(
        _ type: (repeat each Value).Type = (repeat each Value).self
    ) throws(PQError) -> (repeat each Value) {
        var count = 0
        repeat count += Self.one((each Value).self)
        guard count == fields.count else {
            throw PQError(.decoding, "a row of \(fields.count) columns can't be decoded as \(count) values")
        }
        var column = 0
        return (repeat try next(&column, as: (each Value).self))
    }

    private static func one<Value>(_: Value.Type) -> Int { 1 }

    private func next<Value: PQDecodable>(_ column: inout Int, as: Value.Type) throws(PQError) -> Value {
        let index = column
        column += 1
        let result: Result<Value, PQError> = withBytes(column: index) { bytes in
            do throws(PQError) {
                return .success(try Value.decodeField(bytes, type: Value.postgresType))
            } catch {
                return .failure(PQError(.decoding, "column \(index): \(error.message)"))
            }
        }
        return try result.get()
    }
}
