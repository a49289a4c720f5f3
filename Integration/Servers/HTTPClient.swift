import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A client of one HTTP server. Any status is an answer; only a server that does not answer is an error.
///
///     let client = HTTPClient("127.0.0.1:9090", headers: ["Authorization": "Bearer \(token)"])
///     let answer = try await client.post("/api/v1/positions/P0000001/fill", json: body)
///
/// It keeps no cookies and no cache, so that two requests never know of each other.
public struct HTTPClient: Sendable {
    /// Put before each path; ends without a slash.
    public let baseURL: String
    /// Sent with every request.
    public var headers: [String: String]
    /// How long a request may take before it fails.
    public var timeout: Duration

    private static let session = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        return URLSession(configuration: configuration)
    }()

    /// - Parameters:
    ///   - address: a URL, or `host:port` for plain HTTP.
    ///   - headers: sent with every request.
    ///   - timeout: how long a request may take before it fails.
    public init(_ address: String, headers: [String: String] = [:], timeout: Duration = .seconds(30)) {
        let url = address.contains("://") ? address : "http://\(address)"
        baseURL = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.headers = headers
        self.timeout = timeout
    }

    /// Sends a request and reads the whole answer.
    ///
    /// - Parameters:
    ///   - method: such as `PATCH`.
    ///   - path: begins with a slash; with its query, percent-encoded.
    ///   - headers: they win over the client's own of the same name.
    ///   - body: nil sends none.
    /// - Throws: ``ServerError`` when there is no answer; `CancellationError`.
    public func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> HTTPAnswer {
        guard let url = URL(string: baseURL + path) else {
            throw ServerError(.unreachable, "\(baseURL)\(path) is not a URL")
        }
        var request = URLRequest(url: url, timeoutInterval: max(1, timeout / .seconds(1)) + 1)
        request.httpMethod = method
        request.httpBody = body.map { Data($0) }
        for (name, value) in self.headers { request.setValue(value, forHTTPHeaderField: name) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        do {
            return try await answer(to: request)
        } catch let error as URLError {
            if Task.isCancelled { throw CancellationError() }
            throw ServerError(.unreachable, "\(method) \(url): no answer: \(error.localizedDescription)")
        }
    }

    /// The request's own time limit is kept loosely on Linux, hence another one beside it.
    private func answer(to request: URLRequest) async throws -> HTTPAnswer {
        try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            group.addTask {
                let (data, response) = try await Self.session.data(for: request)
                guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
                let fields = response.allHeaderFields.map { ("\($0.key)", "\($0.value)") }
                return HTTPAnswer(
                    status: response.statusCode, headers: Dictionary(fields) { "\($0), \($1)" }, body: Array(data))
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw URLError(.timedOut)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw URLError(.unknown) }
            return answer
        }
    }

    /// `GET`.
    public func get(_ path: String, headers: [String: String] = [:]) async throws -> HTTPAnswer {
        try await send("GET", path, headers: headers)
    }

    /// `POST`, `PUT` or another method, with a JSON text as body.
    public func send(
        _ method: String, _ path: String, json: String, headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        let headers = headers.merging(["Content-Type": "application/json"]) { given, _ in given }
        return try await send(method, path, headers: headers, body: Array(json.utf8))
    }

    /// `POST` with a JSON text as body.
    public func post(_ path: String, json: String, headers: [String: String] = [:]) async throws -> HTTPAnswer {
        try await send("POST", path, json: json, headers: headers)
    }
}
