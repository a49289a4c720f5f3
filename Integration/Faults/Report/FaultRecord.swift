/// A fault that has struck.
struct FaultRecord: Sendable, Hashable, Codable {
    let number: Int
    let kind: FaultKind
    /// Whom it struck.
    let target: String
    /// In milliseconds since 1970.
    let began, healed: Double
}

/// A fault, and what it cost.
struct Strike: Sendable, Hashable, Codable {
    let fault: FaultRecord
    let figures: FaultFigures
}
