/// Receives rows with COPY, some tens of kilobytes at a time; see ``PQConnection/copyOut(_:columns:_:)``.
public final class PQCopyReader {
    private static let chunkSize = 64 * 1024
    private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xff] + Array("\r\n".utf8) + [0]

    private let connection: PQConnection
    private let scope: UInt64
    private var chunk: [UInt8] = []
    private var offset = 0
    private var isAtStart = true
    /// Whether there is nothing more to come.
    private(set) var isFinished = false

    init(_ connection: PQConnection, scope: UInt64) {
        self.connection = connection
        self.scope = scope
    }

    /// The next row, or nil after the last one.
    /// - Throws: ``PQError``.
    public func nextRow() async throws(PQError) -> PQCopyRow? {
        while true {
            guard !isFinished else { return nil }
            if offset == chunk.count {
                guard let next = try await connection.readCopyData(atLeast: Self.chunkSize, in: scope) else {
                    isFinished = true
                    return nil
                }
                (chunk, offset) = (next, 0)
            }
            if isAtStart { try skipHeader() }
            if let row = try parseRow() { return row }
        }
    }

    /// Makes further reads return nil.
    func abandon() { isFinished = true }

    private func skipHeader() throws(PQError) {
        isAtStart = false
        guard chunk.starts(with: Self.signature), chunk.count >= 19 else { throw Self.malformed }
        let extensionLength: Int32 = chunk.withUnsafeBytes { $0.bigEndian(at: 15) }
        offset = 19 + Int(extensionLength)
        guard extensionLength >= 0, offset <= chunk.count else { throw Self.malformed }
    }

    private func parseRow() throws(PQError) -> PQCopyRow? {
        guard chunk.count - offset >= 2 else { return offset == chunk.count ? nil : try fail() }
        let count: Int16 = chunk.withUnsafeBytes { $0.bigEndian(at: offset) }
        offset += 2
        // The trailer: the server's last word on rows.
        guard count >= 0 else { return nil }
        var fields: [Range<Int>?] = []
        fields.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard chunk.count - offset >= 4 else { return try fail() }
            let length: Int32 = chunk.withUnsafeBytes { $0.bigEndian(at: offset) }
            offset += 4
            guard length >= 0 else {
                fields.append(nil)
                continue
            }
            guard Int(length) <= chunk.count - offset else { return try fail() }
            fields.append(offset..<offset + Int(length))
            offset += Int(length)
        }
        return PQCopyRow(chunk: chunk, fields: fields)
    }

    private func fail() throws(PQError) -> PQCopyRow? { throw Self.malformed }

    private static var malformed: PQError { PQError(.decoding, "the server sent malformed COPY data") }
}
