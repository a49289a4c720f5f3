/// Takes a streamed body's bytes.
public struct HTTPBodyWriter: Sendable {
    private let sink: @Sendable ([UInt8]) async throws -> Void

    /// Makes a writer over a closure, for testing.
    public init(_ sink: @escaping @Sendable ([UInt8]) async throws -> Void) { self.sink = sink }

    /// Sends bytes; waits while the client is slow to take what was sent before.
    ///
    /// - Throws: `CancellationError` when the client is gone or the server stops.
    public func write(_ bytes: [UInt8]) async throws { try await sink(bytes) }

    /// Sends a text in UTF-8.
    ///
    /// - Throws: `CancellationError` when the client is gone or the server stops.
    public func write(_ text: String) async throws { try await sink(Array(text.utf8)) }
}
