import CLibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the server answered to one statement: an immutable table of binary values.
///
/// It owns libpq's memory for as long as it, or a row of it, lives. Nothing is decoded before it is asked for.
public final class PQResult: Sendable {
    // A PGresult is read-only once it is made, and libpq lets threads share such a result.
    nonisolated(unsafe) private let pointer: OpaquePointer

    /// The number of rows.
    public let rowCount: Int
    /// The number of columns.
    public let columnCount: Int

    /// Takes over a result.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
    }

    deinit { PQclear(pointer) }

    /// The names of the columns, in order.
    public var columns: [String] { (0..<columnCount).map { columnName($0) } }

    /// The rows that an INSERT, UPDATE, DELETE, MERGE or COPY touched, or that a SELECT returned; 0 for all else.
    public var affectedRows: Int {
        PQcmdTuples(pointer).map { Int(String(cString: $0)) ?? 0 } ?? 0
    }

    /// The rows, in order.
    public var rows: PQRows { PQRows(result: self) }

    /// One row.
    /// - Parameter row: from 0 up to ``rowCount``; anything else stops the program.
    public subscript(row: Int) -> PQRow {
        precondition(row >= 0 && row < rowCount, "row out of range")
        return PQRow(result: self, index: row)
    }

    /// The type of a column.
    /// - Parameter column: from 0 up to ``columnCount``; anything else stops the program.
    public func columnType(_ column: Int) -> PQType {
        precondition(column >= 0 && column < columnCount, "column out of range")
        return PQType(oid: PQftype(pointer, Int32(truncatingIfNeeded: column)))
    }

    /// Lends the bytes of a value, without a copy: the hot path.
    ///
    /// The bytes are in the column type's binary format. Note that jsonb has a version byte (1) in front of its text.
    /// - Parameters:
    ///   - row: from 0 up to ``rowCount``; anything else stops the program.
    ///   - column: from 0 up to ``columnCount``; anything else stops the program.
    ///   - body: gets the bytes, valid during the call only; nil is NULL.
    /// - Returns: what `body` returns.
    public func withBytes<Value, Failure: Error>(
        row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(bytes(row: row, column: column))
    }

    /// Whether a value is NULL.
    /// - Parameters:
    ///   - row: from 0 up to ``rowCount``; anything else stops the program.
    ///   - column: from 0 up to ``columnCount``; anything else stops the program.
    public func isNull(row: Int, column: Int) -> Bool { bytes(row: row, column: column) == nil }

    /// Reads an integer of any width, without allocating.
    /// - Parameters:
    ///   - row: from 0 up to ``rowCount``; anything else stops the program.
    ///   - column: from 0 up to ``columnCount``; anything else stops the program.
    /// - Throws: ``PQError/Code/decoding`` if it is NULL or no integer.
    public func int64(row: Int, column: Int) throws(PQError) -> Int64 {
        if let bytes = bytes(row: row, column: column) {
            switch PQftype(pointer, Int32(truncatingIfNeeded: column)) {
            case PQType.int8.oid where bytes.count == 8: return bytes.bigEndian(as: Int64.self)
            case PQType.int4.oid where bytes.count == 4: return Int64(bytes.bigEndian(as: Int32.self))
            case PQType.int2.oid where bytes.count == 2: return Int64(bytes.bigEndian(as: Int16.self))
            default: break
            }
        }
        // The slow way finds the words for what is wrong.
        return try decode(row: row, column: column)
    }

    /// Decodes one value.
    func decode<Value: PQDecodable>(row: Int, column: Int, as: Value.Type = Value.self) throws(PQError) -> Value {
        do {
            return try Value.decodeField(bytes(row: row, column: column), type: columnType(column))
        } catch {
            throw PQError(.decoding, "column \"\(columnName(column))\": \(error.message)")
        }
    }

    /// Finds a column by its exact name.
    func column(named name: String) -> Int? {
        name.withCString { wanted in
            (0..<columnCount).first { PQfname(pointer, Int32($0)).map { strcmp($0, wanted) == 0 } ?? false }
        }
    }

    @inline(__always)
    private func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        precondition(row >= 0 && row < rowCount, "row out of range")
        precondition(column >= 0 && column < columnCount, "column out of range")
        let (row, column) = (Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
        let length = Int(PQgetlength(pointer, row, column))
        // A NULL has length 0, so that most values need no second question.
        if length == 0 && PQgetisnull(pointer, row, column) != 0 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: length)
    }

    private func columnName(_ column: Int) -> String {
        PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? ""
    }
}
