import FoundationEssentials

/// What a member of a body must be.
struct BodyField<Value> {
    /// For messages, behind "must be".
    let expectation: String
    /// Stands for a value that is missing or wrong until all of the body has been looked at.
    let placeholder: Value
    /// `nil` for a value of another kind.
    let read: (JSONScalar) -> Value?
}

extension BodyField where Value == String {
    static var text: BodyField {
        BodyField(expectation: "a text", placeholder: "") { if case .text(let text) = $0 { text } else { nil } }
    }
}

extension BodyField where Value == Double {
    static var number: BodyField {
        BodyField(expectation: "a number", placeholder: 0) { value in
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        }
    }
}

extension BodyField where Value == Int {
    static var integer: BodyField {
        BodyField(expectation: "a whole number", placeholder: 0) {
            if case .integer(let integer) = $0 { integer } else { nil }
        }
    }
}

extension BodyField where Value == Bool {
    static var flag: BodyField {
        BodyField(expectation: "true or false", placeholder: false) {
            if case .bool(let flag) = $0 { flag } else { nil }
        }
    }
}

extension BodyField where Value == CalendarDate {
    static var date: BodyField {
        BodyField(expectation: "a day that exists, in the form YYYY-MM-DD", placeholder: .placeholder) {
            if case .text(let text) = $0 { CalendarDate(text) } else { nil }
        }
    }
}

extension BodyField where Value == UUID {
    static var id: BodyField {
        BodyField(expectation: "a UUID", placeholder: UUID()) {
            if case .text(let text) = $0 { UUID(uuidString: text) } else { nil }
        }
    }
}

extension BodyField where Value: ContractCode {
    /// Any text; commands say which codes are known.
    static var code: BodyField {
        BodyField(expectation: "a text", placeholder: Value(rawValue: "")) {
            if case .text(let text) = $0 { Value(rawValue: text) } else { nil }
        }
    }
}
