import FoundationEssentials
import Outbox

/// One of several passes: it compares the events of a share of the aggregates, told by their hash.
///
/// What it reads, it keeps for its own; it serves one task.
final class Pass {
    /// The share does not fit into the memory that may be used.
    struct TooLarge: Error {}

    let configuration: VerifyConfiguration
    let progress: (VerifyProgress) -> Void
    var comparison: Comparison
    var names = Names()
    var settledRows = Comparison.SettledRows()
    /// When the last of the span's events was settled, in milliseconds since 1970.
    var lastPublishedAt: Int64?
    private let number, count: UInt64

    init(
        _ configuration: VerifyConfiguration, number: Int, of count: Int,
        progress: @escaping (VerifyProgress) -> Void
    ) {
        self.configuration = configuration
        self.number = UInt64(number)
        self.count = UInt64(count)
        self.progress = progress
        comparison = Comparison(limit: configuration.limit)
    }

    var isOnly: Bool { count == 1 }

    /// Whether an aggregate belongs to this pass.
    func owns(_ aggregate: UInt64) -> Bool { count == 1 || (aggregate >> 20) % count == number }

    func checkMemory() throws(TooLarge) {
        if comparison.byteCount > configuration.memory { throw TooLarge() }
    }
}
