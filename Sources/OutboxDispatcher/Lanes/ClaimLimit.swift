/// How much one claim takes of each of its lanes.
struct ClaimLimit: Sendable, Equatable {
    let rows: Int
    /// Of the payloads as they are stored.
    let bytes: Int
    /// Some payload is known to be over ``bytesPerRow``, so that bytes have to be counted.
    var isWide = false

    /// A lane's batch is no larger, unless it is of one event.
    static let bytesPerLane = 1 << 20
    /// Nor is that of all lanes together.
    static let bytesPerClaim = 16 << 20

    init(rows: Int, lanes: Int, isWide: Bool = false) {
        self.rows = rows
        bytes = min(Self.bytesPerLane, Self.bytesPerClaim / max(1, lanes))
        self.isWide = isWide
    }

    /// When no payload is over this, no count of rows can be over the bytes.
    var bytesPerRow: Int { bytes / max(1, rows) }
}
