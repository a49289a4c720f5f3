/// Numbers as people read them.
enum Readable {
    static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<10_240: "\(count) B"
        case ..<10_485_760: "\(count >> 10) KiB"
        case ..<10_737_418_240: "\(count >> 20) MiB"
        default: "\(count >> 30) GiB"
        }
    }

    static func seconds(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: "\(Int((seconds * 1000).rounded())) ms"
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }

    /// `1 event`, `2 events`
    static func count(_ count: Int64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    static func count(_ count: Int, _ noun: String) -> String { Self.count(Int64(count), noun) }

    /// Quotes a text for a shell.
    static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }

    /// A statement for whoever owns the table, through psql.
    static func sql(_ statement: String) -> String { "psql \"$DATABASE_URL\" -c \(quoted(statement))" }
}
