/// What can be wrong with an event.
package enum Violation: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// Settled in the outbox, and not on the topic.
    case missing
    /// By its first occurrence on the topic it stands behind a later event of its aggregate.
    case outOfOrder
    /// On the topic for long, and still not settled.
    case early
    /// On the topic, and neither in the outbox nor explained by retention or by the audit.
    case unknown
    /// Its record's topic, key, type, sequence or payload are not those of its row.
    case wrongContent
    /// The consumer has passed it, and neither applied it nor set it aside.
    case notApplied
    /// In the inbox, and not on the topic.
    case neverPublished
    /// More than once on the topic; no violation unless that is asked for, since delivery is at least once.
    case duplicated
}
