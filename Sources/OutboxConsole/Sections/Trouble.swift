/// Something that is wrong now, in words for the one who is paged.
struct Trouble: Encodable, Equatable {
    /// How bad it is.
    enum Severity: String, Encodable, Comparable {
        case fail
        case warn

        static func < (left: Severity, right: Severity) -> Bool { left == .fail && right == .warn }
    }

    /// What it is called in the documentation.
    let id: String
    let severity: Severity
    let title: String
    /// What was seen.
    let detail: String
    /// What mends it; `nil` where that depends.
    let remedy: String?
}
