import Foundation
import Outbox
import Servers

/// The questions that the runbook has for Prometheus.
struct Prometheus {
    let client: HTTPClient

    /// The answer to a PromQL query, about now.
    ///
    /// - Throws: ``ServerError`` when there is none.
    func answer(_ query: String) async throws -> JSONValue {
        let encoded = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let answer = try await client.get("/api/v1/query?query=\(encoded)")
        guard answer.status == 200 else {
            throw ServerError(.unreachable, "Prometheus answered \(answer.status) to \(query): \(answer.text)")
        }
        return try JSONValue(parsing: answer.body)
    }

    /// The values in an answer by one of their labels.
    static func values(_ answer: JSONValue?, label: String = "") -> [String: Double] {
        let samples = (answer?.at("data.result")?.elements ?? []).compactMap { sample -> (String, Double)? in
            guard let value = sample.at("value.1")?.doubleValue else { return nil }
            return (sample.at("metric")?[label]?.stringValue ?? "", value)
        }
        return Dictionary(samples, uniquingKeysWith: +)
    }
}
