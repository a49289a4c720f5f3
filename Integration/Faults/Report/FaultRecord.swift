import Foundation

/// A fault that has struck.
struct FaultRecord: Sendable, Hashable, Codable {
    let number: Int
    let kind: FaultKind
    /// Whom it struck.
    let target: String
    /// In milliseconds since 1970.
    let began, healed: Double
}
