import Outbox

/// Checks JSON values against the part of JSON Schema 2020-12 that the contract uses. A keyword that it does not know is
/// a finding, so that nothing is passed over in silence.
struct JSONSchema {
    let root: JSONValue

    init(_ text: [UInt8]) throws { root = try JSONValue(parsing: text) }

    /// What is wrong with a value; nothing when it is valid.
    func findings(in value: JSONValue) -> [String] { findings(in: value, schema: root, at: "") }

    private func findings(in value: JSONValue, schema: JSONValue, at path: String) -> [String] {
        guard case .object(let keywords) = schema else { return ["\(path): the schema is not an object"] }
        return keywords.flatMap { keyword, argument in
            finding(in: value, keyword: keyword, argument: argument, schema: schema).map { "\(path): \($0)" }
                + nested(in: value, keyword: keyword, argument: argument, schema: schema, at: path)
        }
    }

    private func nested(
        in value: JSONValue, keyword: String, argument: JSONValue, schema: JSONValue, at path: String
    ) -> [String] {
        switch keyword {
        case "$ref":
            guard let reference = argument.stringValue, reference.hasPrefix("#/$defs/"),
                let target = root["$defs"]?[String(reference.dropFirst("#/$defs/".count))]
            else { return ["\(path): \(argument) leads nowhere"] }
            return findings(in: value, schema: target, at: path)
        case "properties":
            guard case .object(let members) = value, case .object(let schemas) = argument else { return [] }
            return schemas.flatMap { name, schema in
                members[name].map { findings(in: $0, schema: schema, at: "\(path)/\(name)") } ?? []
            }
        case "additionalProperties":
            guard case .object(let members) = value, argument == .bool(false) else { return [] }
            return members.keys.filter { schema["properties"]?[$0] == nil }.map { "\(path)/\($0): not allowed" }
        case "required":
            guard case .object(let members) = value, case .array(let names) = argument else { return [] }
            return names.compactMap(\.stringValue).filter { members[$0] == nil }.map { "\(path)/\($0): missing" }
        default:
            return []
        }
    }

    private func finding(
        in value: JSONValue, keyword: String, argument: JSONValue, schema: JSONValue
    ) -> [String] {
        let isValid: Bool =
            switch (keyword, value) {
            case ("$schema", _), ("title", _), ("description", _), ("$defs", _): true
            case ("$ref", _), ("properties", _), ("required", _), ("additionalProperties", _): true
            case ("type", _): Self.types(argument).contains { Self.isOf(type: $0, value) }
            case ("enum", _): argument.elements.contains(value)
            case ("const", _): argument == value
            case ("minLength", .string(let text)): Double(text.unicodeScalars.count) >= argument.double
            case ("maxLength", .string(let text)): Double(text.unicodeScalars.count) <= argument.double
            case ("minimum", .integer), ("minimum", .number): value.double >= argument.double
            case ("maximum", .integer), ("maximum", .number): value.double <= argument.double
            case ("exclusiveMinimum", .integer), ("exclusiveMinimum", .number): value.double > argument.double
            case ("pattern", .string(let text)):
                (try? Regex(argument.stringValue ?? "(")).map { (try? $0.firstMatch(in: text)) != nil } ?? false
            case ("format", .string(let text)): Self.hasFormat(argument.stringValue ?? "", text)
            case ("minLength", _), ("maxLength", _), ("minimum", _), ("maximum", _), ("exclusiveMinimum", _),
                ("pattern", _), ("format", _):
                true  // These speak about values of one type only.
            default: false
            }
        return isValid ? [] : ["breaks \(keyword)"]
    }

    private static func types(_ argument: JSONValue) -> [String] {
        argument.stringValue.map { [$0] } ?? argument.elements.compactMap(\.stringValue)
    }

    private static func isOf(type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("integer", .integer), ("number", .integer), ("number", .number): true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }

    private static func hasFormat(_ format: String, _ text: String) -> Bool {
        switch format {
        case "date": CalendarDateFormat.isDate(text)
        case "date-time": RFC3339.parse(text) != nil
        case "uuid": text.wholeMatch(of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) != nil
        default: false
        }
    }
}

/// `YYYY-MM-DD`, without the type under test.
private enum CalendarDateFormat {
    static func isDate(_ text: String) -> Bool {
        text.utf8.count == 10 && RFC3339.parse(text + "T00:00:00Z") != nil
    }
}

extension JSONValue {
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: .nan
        }
    }

    var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }
}
