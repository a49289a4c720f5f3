import OutboxHTTP

/// A request's JSON object, read member by member; what is wrong with it is collected, so that all of it can be said at
/// once. Members that nobody asks for are passed over.
struct RequestBody {
    let members: [String: JSONScalar]
    private var check = InputCheck()

    /// - Throws: `ServiceError` when the body is no JSON object. A request without a body has an object without members.
    init(_ request: HTTPRequest) throws {
        guard !request.body.isEmpty else {
            members = [:]
            return
        }
        do throws(HTTPError) {
            members = try request.decodeJSON([String: JSONScalar].self)
        } catch {
            guard error.status == .badRequest else { throw error }
            throw ServiceError(.badRequest, code: "INVALID_JSON", message: "The body is not a JSON object in UTF-8.")
        }
    }

    /// A member that must be there.
    mutating func required<Value>(_ name: String, _ field: BodyField<Value>) -> Value {
        switch members[name] {
        case nil, .null:
            check.require(false, name, "is missing; it must be \(field.expectation)")
            return field.placeholder
        case let value?:
            return read(value, name, field) ?? field.placeholder
        }
    }

    /// A member that may be left out, or be null.
    mutating func optional<Value>(_ name: String, _ field: BodyField<Value>) -> Value? {
        switch members[name] {
        case nil, .null: nil
        case let value?: read(value, name, field)
        }
    }

    private mutating func read<Value>(_ value: JSONScalar, _ name: String, _ field: BodyField<Value>) -> Value? {
        let result = field.read(value)
        check.require(result != nil, name, "must be \(field.expectation)")
        return result
    }

    /// Why the command is given, for the audit.
    mutating func reason() -> String? {
        let reason = optional("operationReason", .text)
        if let reason { check.reason(reason) }
        return reason
    }

    /// To be called when all members were read.
    ///
    /// - Parameter command: what they were made into.
    /// - Throws: ``CommandError`` of kind `invalid` that names every member which is wrong by its type or its value.
    consuming func finish(_ command: some Command) throws(CommandError) {
        do {
            try command.validate()
        } catch {
            guard !check.violations.isEmpty else { throw error }
            // What was said of a placeholder is no news.
            let known = Set(check.violations.map(\.field))
            for violation in error.violations where !known.contains(violation.field) { check.add(violation) }
        }
        try check.finish()
    }
}
