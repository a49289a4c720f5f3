/// What events are about; names the topic.
///
/// An aggregate's id, which is the key on the topic and the unit of order, is the position's code, the job level's
/// code, the organization's code, and for assignments the *assignment's id*: an event of one assignment that can't be
/// published or applied holds that assignment and not the whole position. What several aggregates say about one
/// position (its status and head count) needs no common key for that: every writer holds the lock on the position's
/// row while its events get their sequences, so the sequences grow per position across aggregates, and readers keep
/// what has the highest.
///
/// Codes are unique within a tenant, so two tenants' aggregates may share an id. Then they share a lane and their order
/// too, which is more than needed; everything that is stored has the tenant in its key.
public enum AggregateType: String, CaseIterable, Sendable {
    case position
    case assignment
    case jobLevel
    case organization
}
