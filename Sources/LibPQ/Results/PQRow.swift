/// One row of a result. It keeps the whole result alive.
public struct PQRow: Sendable {
    let result: PQResult
    /// The row's place in its result.
    public let index: Int

    /// Decodes the whole row into a tuple, column by column:
    ///
    /// ```swift
    /// let (id, title) = try row.decode((Int64, String?).self)
    /// ```
    /// - Parameter type: the tuple of types, one for each column.
    /// - Throws: ``PQError/Code/decoding`` if the number of columns is another one or a value is not of its type.
    public func decode<each Value: PQDecodable>(
        _ type: (repeat each Value).Type = (repeat each Value).self
    ) throws(PQError) -> (repeat each Value) {
        var count = 0
        repeat count += Self.one((each Value).self)
        guard count == result.columnCount else {
            throw PQError(.decoding, "a row of \(result.columnCount) columns can't be decoded as \(count) values")
        }
        var column = 0
        return (repeat try next(&column, as: (each Value).self))
    }

    /// Decodes one column by its name.
    /// - Parameters:
    ///   - column: the exact name.
    ///   - type: the Swift type.
    /// - Throws: ``PQError/Code/decoding`` if there is no such column or its value is not of that type.
    public func decode<Value: PQDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PQError) -> Value {
        guard let index = result.column(named: column) else {
            throw PQError(.decoding, "the result has no column \"\(column)\"")
        }
        return try result.decode(row: self.index, column: index)
    }

    /// Decodes one column by its place.
    /// - Parameters:
    ///   - column: from 0.
    ///   - type: the Swift type.
    /// - Throws: ``PQError/Code/decoding`` if there is no such column or its value is not of that type.
    public func decode<Value: PQDecodable>(_ column: Int, as type: Value.Type = Value.self) throws(PQError) -> Value {
        guard column >= 0, column < result.columnCount else {
            throw PQError(.decoding, "the result has no column \(column); it has \(result.columnCount)")
        }
        return try result.decode(row: index, column: column)
    }

    private static func one<Value>(_: Value.Type) -> Int { 1 }

    private func next<Value: PQDecodable>(_ column: inout Int, as: Value.Type) throws(PQError) -> Value {
        defer { column += 1 }
        return try result.decode(row: index, column: column)
    }
}
