import FoundationEssentials

extension UUID {
    /// In lower case, as PostgreSQL and most languages print it.
    var text: String { uuidString.lowercased() }
}
