import Outbox

extension JSONValue {
    /// What stands at a path such as `data.events.0.eventType`.
    func at(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(self as JSONValue?) { value, step in
            switch value {
            case .object(let members)?: members[String(step)]
            case .array(let elements)?: Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            default: nil
            }
        }
    }

    /// The elements of an array.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// A whole number.
    var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// A number, or a text that is one, as Prometheus answers it.
    var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string(let text): Double(text)
        default: nil
        }
    }

    /// For people: a text without quotes, anything else as JSON.
    var shown: String { stringValue ?? String(decoding: serialized(), as: UTF8.self) }
}
