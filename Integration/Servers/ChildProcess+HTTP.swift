extension ChildProcess {
    /// Where one of our tools serves HTTP, as its log says: `127.0.0.1:31415`.
    ///
    /// - Throws: ``ServerError`` with the end of its log when it doesn't say so in time; `CancellationError`.
    public func httpAddress(within limit: Duration = .seconds(60)) async throws -> String {
        let line = try await waitForLine(containing: "Serving HTTP", within: limit).text
        guard let address = line.firstMatch(of: /address"?[=:]"?([0-9.:]+)/)?.output.1 else {
            throw ServerError(.startFailed, "\(name) did not say where it serves: \(line)")
        }
        return String(address)
    }

    /// Waits until one of our tools says at `/readyz` that it is ready.
    ///
    /// - Returns: a client of its HTTP server.
    /// - Throws: ``ServerError`` when it isn't ready in time; `CancellationError`.
    @discardableResult
    public func waitUntilReady(within limit: Duration = .seconds(60)) async throws -> HTTPClient {
        let client = HTTPClient(try await httpAddress(within: limit))
        try await eventually(within: limit, "\(name) is ready") {
            guard isRunning else { throw ServerError(.exited, "\(name) ended\(quotedOutput)") }
            return try await client.get("/readyz").status == 200
        }
        return client
    }
}
