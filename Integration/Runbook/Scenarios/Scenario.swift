import Foundation
import Outbox
import OutboxCommandLine

/// A request of the REST self-test, and what must be answered. The runbook's own are in `scenarios.json`.
///
/// `{name}` in the request, its headers, its body and in what is expected stands for what an earlier answer has given
/// to `save`. `{tenant}` is this run's tenant.
struct Scenario: Decodable, Sendable {
    /// Which token is sent.
    enum Token: String, Decodable {
        case writer, reader, none, forged
    }

    let name: String
    /// Method and path.
    let request: String
    let token: Token?
    let headers: [String: String]?
    let body: JSONValue?
    /// Sent as it is, instead of ``body``.
    let text: String?
    /// The length of a body without meaning, instead of ``body``.
    let bytes: Int?
    /// Whether it is for services that hand out tokens.
    let needsDevTokens: Bool?

    let status: Int
    /// What must stand where in the answer: a value, or, as `/…/`, a pattern for a text.
    let answer: [String: JSONValue]?
    let error: ExpectedError?
    /// The types of the events that the request must leave in the outbox, in any order; none unless given.
    let events: [String]?
    /// Names for what stands where in the answer.
    let save: [String: String]?

    /// The error that must be answered.
    struct ExpectedError: Decodable {
        let code: String?
        let rule: String?
        let severity: String?
        /// Each must be named by a validation error.
        let fields: [String]?
    }

    /// - Parameter file: the runbook's own unless given.
    /// - Throws: `UsageError` when the file can't be used.
    static func load(_ file: String?) throws -> [Scenario] {
        do {
            let data = try file.map { try Data(contentsOf: URL(filePath: $0)) } ?? Data(PackageResources.scenarios_json)
            return try JSONDecoder().decode([Scenario].self, from: data)
        } catch {
            throw UsageError("the scenarios in \(file ?? "scenarios.json") can't be read: \(error)")
        }
    }
}
