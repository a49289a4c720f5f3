import Outbox
import Servers

/// A scenario that was played: what was asked, what was answered, and what is wrong with that.
struct Exchange {
    let scenario: Scenario
    /// Method, path, headers and body, for evidence.
    let request: String
    let answer: HTTPAnswer
    let json: JSONValue
    let problems: [String]

    var requestID: String? { answer.header("X-Request-Id") }

    /// The sequences that the answer gives for read-your-writes, by aggregate.
    var sequences: [String: Int64] {
        let written = (json.at("data.events")?.elements ?? []).compactMap { event -> (String, Int64)? in
            guard let aggregate = event["aggregateId"]?.stringValue, let sequence = event["sequence"]?.integerValue
            else { return nil }
            return (aggregate, sequence)
        }
        return Dictionary(written, uniquingKeysWith: max)
    }

    /// For evidence.
    var text: String {
        let headers = ["X-Request-Id", "X-Correlation-Id", "Content-Type", "WWW-Authenticate"]
            .compactMap { name in answer.header(name).map { "\(name): \($0)" } }
        let body = answer.text.count > 4000 ? "\(answer.text.prefix(4000))…" : answer.text
        let verdict = problems.isEmpty ? ["✓ as expected"] : problems.map { "✗ \($0)" }
        return (["== \(scenario.name)", request, "-> \(answer.status)"] + headers + [body] + verdict)
            .joined(separator: "\n")
    }
}
