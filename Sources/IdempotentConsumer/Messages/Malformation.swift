/// Why a record can't be read as an event.
package enum Malformation: Error, Sendable, Hashable, CustomStringConvertible {
    case noEventID
    case badEventID
    case noEventType
    case noAggregateID
    case badSequence
    case badText(header: String)
    case nullValue
    case badJSON(position: Int)
    case notAnObject

    package var description: String {
        switch self {
        case .noEventID: "no event id: none of the headers event_id, ce_id, id is there"
        case .badEventID: "the event id is not a UUID"
        case .noEventType: "no event type"
        case .noAggregateID: "no aggregate id: neither a header, nor a key, nor the payload names it"
        case .badSequence: "the sequence is not a whole number"
        case .badText(let header): "\(header) is not UTF-8 text without NUL"
        case .nullValue: "the value is null"
        case .badJSON(let position): "the value is not JSON, from byte \(position) on"
        case .notAnObject: "the value is not a JSON object"
        }
    }
}
