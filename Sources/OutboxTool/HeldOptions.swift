import FoundationEssentials
import Outbox
import OutboxCommandLine

/// How the commands about held aggregates say which events are meant, for `parked` and `holds`.
struct HeldOptions {
    let aggregate: Option<AggregateName>
    let type: Option<String>
    let all: Flag

    /// - Parameter events: what is selected from, e.g. `parked events`.
    init(_ events: String) {
        aggregate = Option("aggregate", .aggregate, help: "\(events) of an aggregate, e.g. position:P1000033")
        type = Option("type", .text("type"), help: "\(events) of an aggregate type")
        all = Flag("all", help: "all \(events)")
    }

    /// For commands that change something: one of them must be given.
    var definitions: [OptionDefinition] { [aggregate.definition, type.definition, all.definition] }

    /// An event id, for the commands that take one instead.
    static let eventID = Argument("event-id", help: "the event's id, a UUID", isRequired: false)

    /// - Returns: what is meant by exactly one of the options and the argument.
    func selection(_ invocation: Invocation) throws(UsageError) -> HeldSelection {
        guard let selection = try optionalSelection(invocation) else {
            throw UsageError("say which events are meant by one of: an event id, --aggregate, --type, --all")
        }
        return selection
    }

    /// - Returns: what is meant by one of the options and the argument; `nil` when none is given.
    func optionalSelection(_ invocation: Invocation) throws(UsageError) -> HeldSelection? {
        var selections: [HeldSelection] = []
        if let text = invocation.arguments.first { selections.append(.event(try Self.eventID(text))) }
        if let name = invocation[aggregate] { selections.append(.aggregate(type: name.type, id: name.id)) }
        if let type = invocation[type] { selections.append(.aggregateType(type)) }
        if invocation[all] { selections.append(.all) }
        guard selections.count <= 1 else {
            throw UsageError("say which events are meant by one of the ways, not by \(selections.count) at once")
        }
        return selections.first
    }

    static func eventID(_ text: String) throws(UsageError) -> UUID {
        let parser = ValueParser<UUID>.uuid
        guard let id = parser.parse(text) else {
            throw UsageError("\"\(text)\" is not an event id: allowed is \(parser.allowed)")
        }
        return id
    }
}
