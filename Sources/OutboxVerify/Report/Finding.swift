package import FoundationEssentials

/// One event with which something is wrong.
package struct Finding: Sendable, Codable, Hashable {
    package var kind: Violation
    /// Missing where a record has no event id that can be read.
    package var eventID: UUID?
    package var sequence: Int64?
    /// `type:id`, where the outbox still knows.
    package var aggregate: String?
    package var topic: String?
    package var partition: Int32?
    package var offset: Int64?
    /// What exactly is wrong.
    package var detail: String
}
