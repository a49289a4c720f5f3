package import FoundationEssentials

/// Numbers as people read them.
package enum Readable {
    /// `100 B`, `20 KiB`, `30 MiB`, `40 GiB`
    package static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<10_240: "\(count) B"
        case ..<10_485_760: "\(count >> 10) KiB"
        case ..<10_737_418_240: "\(count >> 20) MiB"
        default: "\(count >> 30) GiB"
        }
    }

    /// `350 ms`, `12 s`, `3 min`, `2 h 5 min`, `4 d 3 h`, `7 d`
    package static func seconds(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.0995: "\(Int((seconds * 1000).rounded())) ms"
        case ..<1: "\(Int((seconds * 100).rounded()) * 10) ms"
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: two(Int(seconds / 3600), "h", Int(seconds / 60) % 60, "min")
        default: two(Int(seconds / 86_400), "d", Int(seconds / 3600) % 24, "h")
        }
    }

    /// `12 s ago`
    package static func ago(_ date: Date) -> String { seconds(max(0, -date.timeIntervalSinceNow)) + " ago" }

    /// `1 event`, `2 events`
    package static func count(_ count: some BinaryInteger, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func two(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        "\(large) \(unit)" + (small > 0 ? " \(small) \(smallUnit)" : "")
    }
}
