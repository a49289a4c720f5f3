import Outbox
import Servers

/// Finds out what is wrong with an answer.
struct Judgement {
    private(set) var problems: [String] = []

    init(
        of answer: HTTPAnswer, _ json: JSONValue, for scenario: Scenario, correlationID: String, variables: Variables
    ) {
        expect("status", scenario.status, answer.status)
        judgeIdentity(answer, json, correlationID)
        expect("success", .bool(scenario.status < 400), json["success"])
        for (path, wanted) in (scenario.answer ?? [:]).sorted(by: { $0.key < $1.key }) {
            judge(path, variables.fill(wanted), json.at(path))
        }
        if let error = scenario.error { judge(error, json) }
    }

    /// Every answer says by which ids its request can be found again.
    private mutating func judgeIdentity(_ answer: HTTPAnswer, _ json: JSONValue, _ correlationID: String) {
        let requestID = answer.header("X-Request-Id") ?? ""
        if requestID.isEmpty { problems.append("there is no X-Request-Id") }
        expect("X-Correlation-Id", correlationID, answer.header("X-Correlation-Id") ?? "")
        expect("requestId", .string(requestID), json["requestId"])
        if (json["timestamp"]?.stringValue ?? "").isEmpty { problems.append("there is no timestamp") }
    }

    private mutating func judge(_ error: Scenario.ExpectedError, _ json: JSONValue) {
        if let code = error.code { expect("error.code", .string(code), json.at("error.code")) }
        if let rule = error.rule {
            expect("error.details.ruleId", .string(rule), json.at("error.details.ruleId"))
            let path = "error.details.validationErrors.0.context.ruleId"
            expect(path, .string(rule), json.at(path))
        }
        if let severity = error.severity {
            let path = "error.details.validationErrors.0.severity"
            expect(path, .string(severity), json.at(path))
        }
        let named = (json.at("error.details.validationErrors")?.elements ?? []).compactMap { $0["field"]?.stringValue }
        for field in error.fields ?? [] where !named.contains(field) {
            problems.append("no validation error names \(field); named are \(named)")
        }
    }

    private mutating func judge(_ path: String, _ wanted: JSONValue, _ found: JSONValue?) {
        guard case .string(let text) = wanted, text.count > 2, text.hasPrefix("/"), text.hasSuffix("/"),
            let pattern = try? Regex(String(text.dropFirst().dropLast()))
        else { return expect(path, wanted, found) }
        guard let found = found?.stringValue, (try? pattern.firstMatch(in: found)) != nil else {
            problems.append("\(path) is \(found?.shown ?? "not there"), and does not look like \(text)")
            return
        }
    }

    private mutating func expect(_ what: String, _ wanted: JSONValue, _ found: JSONValue?) {
        let isSameNumber = wanted.doubleValue.map { $0 == found?.doubleValue } ?? false
        if found != wanted, !isSameNumber {
            problems.append("\(what) is \(found?.shown ?? "not there"), and not \(wanted.shown)")
        }
    }

    private mutating func expect<Value: Equatable>(_ what: String, _ wanted: Value, _ found: Value) {
        if found != wanted { problems.append("\(what) is \(found), and not \(wanted)") }
    }
}
