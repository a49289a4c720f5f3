import Outbox
import Servers

/// Plays scenarios, one after the other.
struct Player {
    let client: HTTPClient
    let tokens: Tokens
    let correlationID: String

    /// - Parameter variables: gets what the scenario saves of its answer.
    func play(_ scenario: Scenario, _ variables: inout Variables) async throws -> Exchange {
        let parts = variables.fill(scenario.request).split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw ServerError(.unsupported, "\(scenario.name): \"\(scenario.request)\" is not a method and a path")
        }
        var headers = ["X-Correlation-Id": correlationID]
        for (name, value) in scenario.headers ?? [:] { headers[name] = variables.fill(value) }
        if headers["X-Tenant-ID"] == nil { headers["X-Tenant-ID"] = tokens.tenant }
        let body = body(of: scenario, variables)
        if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }

        var sent = headers
        if let token = try await tokens.token(scenario.token ?? .writer) { sent["Authorization"] = "Bearer \(token)" }
        let answer = try await client.send(parts[0], parts[1], headers: sent, body: body)
        let json = (try? JSONValue(parsing: answer.body)) ?? .null
        for (name, path) in scenario.save ?? [:] { variables[name] = json.at(path)?.shown }
        let shownBody = body.map { $0.count > 4000 ? "(\($0.count) bytes)" : String(decoding: $0, as: UTF8.self) }
        let shownHeaders = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return Exchange(
            scenario: scenario,
            request: (["\(parts[0]) \(parts[1])"] + shownHeaders + [shownBody ?? ""]).joined(separator: "\n"),
            answer: answer, json: json,
            problems: Judgement(
                of: answer, json, for: scenario, correlationID: headers["X-Correlation-Id"] ?? correlationID,
                variables: variables
            ).problems)
    }

    private func body(of scenario: Scenario, _ variables: Variables) -> [UInt8]? {
        if let text = scenario.text { return Array(text.utf8) }
        if let count = scenario.bytes { return [UInt8](repeating: UInt8(ascii: " "), count: count) }
        return scenario.body.map { variables.fill($0).serialized() }
    }
}
