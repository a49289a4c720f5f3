/// Sends rows to a table with COPY, some tens of kilobytes at a time; see
/// ``PQConnection/copyIn(_:columns:_:)``.
public final class PQCopyWriter {
    /// How much is gathered before it is sent.
    private static let chunkSize = 64 * 1024
    // COPY's signature, no flags, no header extension.
    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xff] + Array("\r\n".utf8) + [0] + [UInt8](repeating: 0, count: 8)

    private let connection: PQConnection
    private let scope: UInt64
    private let columnCount: Int
    private var buffer = header
    private var isFinished = false

    init(_ connection: PQConnection, scope: UInt64, columnCount: Int) {
        self.connection = connection
        self.scope = scope
        self.columnCount = columnCount
    }

    /// Adds a row.
    /// - Parameter values: one for each column, whose types must be exactly those of the table: `Int32` for int4 and so
    ///   on, since COPY converts nothing.
    /// - Throws: ``PQError/Code/encoding``, ``PQError/Code/usage`` for a wrong number of values, or what the connection
    ///   throws. What the server dislikes about the rows is thrown at the end of the COPY.
    public func write<each Value: PQEncodable>(_ values: repeat each Value) async throws(PQError) {
        let start = buffer.count
        do throws(PQError) {
            try append(repeat each values)
        } catch {
            buffer.removeLast(buffer.count - start)
            throw error
        }
        if buffer.count >= Self.chunkSize { try await flush() }
    }

    /// Sends the rest.
    func finish() async throws(PQError) -> Int {
        isFinished = true
        buffer.appendBigEndian(Int16(-1))
        try await flush()
        return try await connection.endCopyIn(in: scope)
    }

    /// Makes further writes fail.
    func abandon() { isFinished = true }

    private func append<each Value: PQEncodable>(_ values: repeat each Value) throws(PQError) {
        guard !isFinished else {
            throw PQError(.usage, "the COPY has ended: its writer is valid inside its closure only")
        }
        var count = 0
        buffer.appendBigEndian(Int16(truncatingIfNeeded: columnCount))
        func append<Field: PQEncodable>(_ value: Field) throws(PQError) {
            count += 1
            let start = buffer.count
            buffer.appendBigEndian(Int32(-1))
            guard !value.isNull else { return }
            try value.encode(into: &buffer)
            guard let length = Int32(exactly: buffer.count - start - 4) else {
                throw PQError(.encoding, "a value is larger than 2 GiB")
            }
            buffer.setBigEndian(length, at: start)
        }
        repeat try append(each values)
        guard count == columnCount else {
            throw PQError(.usage, "a row of \(count) values for \(columnCount) columns")
        }
    }

    private func flush() async throws(PQError) {
        let chunk = buffer
        buffer = []
        buffer.reserveCapacity(Self.chunkSize + 4096)
        try await connection.putCopyData(chunk, in: scope)
    }
}
