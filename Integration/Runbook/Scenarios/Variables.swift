import Outbox

/// What earlier answers have given, by name.
struct Variables {
    private var texts: [String: String] = [:]

    subscript(name: String) -> String? {
        get { texts[name] }
        set { texts[name] = newValue }
    }

    /// A text with `{name}` replaced by what that stands for.
    func fill(_ text: String) -> String {
        texts.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    /// The same for all strings of a value.
    func fill(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(fill(text))
        case .array(let elements): .array(elements.map(fill))
        case .object(let members): .object(members.mapValues(fill))
        default: value
        }
    }
}
