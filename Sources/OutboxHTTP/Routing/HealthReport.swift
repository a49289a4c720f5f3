/// What a process says about itself: named checks and the worst of them.
public struct HealthReport: Sendable, Hashable, Encodable {
    /// The checks.
    public var checks: [HealthCheck]

    /// Makes a report; one without checks passes.
    public init(_ checks: [HealthCheck] = []) { self.checks = checks }

    /// The worst of the checks.
    public var status: HealthCheck.Status { checks.map(\.status).max() ?? .pass }

    private enum CodingKeys: CodingKey {
        case status, checks
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(status, forKey: .status)
        try container.encode(checks, forKey: .checks)
    }

    /// 200 with the report, or 503 if a check fails.
    func response() throws -> HTTPResponse {
        var response = try HTTPResponse.json(encoding: self, status: status == .fail ? .serviceUnavailable : .ok)
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}
