public import FoundationEssentials

/// Which of the events that hold their aggregates an operator means.
public enum HeldSelection: Sendable, Hashable {
    /// The one with this event id.
    case event(UUID)
    /// Those of an aggregate.
    case aggregate(type: String, id: String)
    /// Those of an aggregate type.
    case aggregateType(String)
    /// Each of them.
    case all

    /// What a statement compares with; `nil` is left out.
    var terms: (type: String?, aggregate: String?, id: UUID?) {
        switch self {
        case .event(let id): (nil, nil, id)
        case .aggregate(let type, let id): (type, id, nil)
        case .aggregateType(let type): (type, nil, nil)
        case .all: (nil, nil, nil)
        }
    }
}
