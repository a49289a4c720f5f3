import LibPQ

/// The rows of a claim, read where libpq put them.
struct ClaimedEvents: Sendable {
    private let result: PQResult

    init(_ result: PQResult) {
        self.result = result
    }

    /// One lane's rows, in the order of their sequences.
    struct Lane: Sendable {
        let lane: Int
        let events: ClaimedEvents
        let rows: Range<Int>
        /// The payloads' bytes.
        let bytes: Int
        /// It ends before an event whose payload was withheld; the next claim must be a wide one.
        let isCut: Bool
        /// The sequence of the last of them; 0 if there is none.
        var last: Int64 { rows.last.map(events.sequence) ?? 0 }
    }

    /// The rows lane by lane. A lane's rows stand together: the claim makes them lane after lane.
    func byLane() -> [Lane] {
        var lanes: [Lane] = []
        var start = 0
        var end: Int?
        var bytes = 0
        for row in 0..<result.rowCount {
            if row > start, sequence(row) <= sequence(row - 1) {
                // No plan of the narrow claim is known to do this; the wide one sorts.
                end = start
                bytes = 0
            } else if end == nil, isWithheld(row) {
                end = row
            }
            if end == nil { bytes += payload(row).count }
            let isLast = row + 1 == result.rowCount
            if isLast || lane(row + 1) != lane(row) {
                lanes.append(
                    Lane(
                        lane: Int(lane(row)), events: self, rows: start..<(end ?? row + 1), bytes: bytes,
                        isCut: end != nil))
                (start, end, bytes) = (row + 1, nil, 0)
            }
        }
        return lanes
    }

    /// The claim left the payload out, for its size.
    private func isWithheld(_ row: Int) -> Bool { optionalBytes(row, 6) == nil }

    func lane(_ row: Int) -> Int32 { integer(row, 0) }
    func sequence(_ row: Int) -> Int64 { integer(row, 1) }
    func eventID(_ row: Int) -> UnsafeRawBufferPointer { bytes(row, 2) }
    func eventType(_ row: Int) -> UnsafeRawBufferPointer { bytes(row, 3) }
    func aggregateType(_ row: Int) -> UnsafeRawBufferPointer { bytes(row, 4) }
    func aggregateID(_ row: Int) -> UnsafeRawBufferPointer { bytes(row, 5) }
    /// The JSON text: jsonb in binary is a version byte and then its text.
    func payload(_ row: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes(row, 6).dropFirst()) }
    /// The JSON text of the row's own headers.
    func headers(_ row: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes(row, 7).dropFirst()) }
    func retryCount(_ row: Int) -> Int { Int(integer(row, 8) as Int32) }
    /// Microseconds since 1970-01-01T00:00:00Z; on the wire they count from 2000.
    func createdAt(_ row: Int) -> Int64 { integer(row, 9) as Int64 + 946_684_800_000_000 }
    func occurredAt(_ row: Int) -> UnsafeRawBufferPointer? { optionalBytes(row, 10) }
    func tenantID(_ row: Int) -> UnsafeRawBufferPointer? { optionalBytes(row, 11) }

    /// The pointers live as long as the result, which whoever has this struct holds.
    private func optionalBytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        result.withBytes(row: row, column: column) { $0 }
    }

    private func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        optionalBytes(row, column) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private func integer<Integer: FixedWidthInteger>(_ row: Int, _ column: Int) -> Integer {
        let bytes = bytes(row, column)
        guard bytes.count == MemoryLayout<Integer>.size else { return 0 }
        return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
    }
}
