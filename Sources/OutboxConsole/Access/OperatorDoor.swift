import OutboxHTTP
import Synchronization

/// Lets operators in who know the token, and makes guessing slow.
final class OperatorDoor: Sendable {
    private let token: OperatorToken?
    private let attempts = Mutex(FailedAttempts())

    /// - Parameter token: `nil` lets nobody in.
    init(token: OperatorToken?) { self.token = token }

    /// Whether anybody can be let in.
    var isThere: Bool { token != nil }

    /// - Throws: `HTTPError`: 404 where there is no token, 403 for other sites' pages, 401 for a wrong token, 429 for
    ///   who has tried too often.
    func check(_ request: HTTPRequest, now: ContinuousClock.Instant = .now) throws(HTTPError) {
        guard let token else {
            throw HTTPError(.notFound, "The console is read-only: OUTBOX_OPERATOR_TOKEN is not set.")
        }
        try PageOrigin.check(request.headers)
        let client = request.clientAddress
        if let wait = attempts.withLock({ $0.wait(for: client, now: now) }) {
            let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
            throw HTTPError(
                .tooManyRequests, "Too many wrong tokens: try again in \(seconds) s.",
                headers: ["Retry-After": "\(seconds)"])
        }
        let scheme = "bearer "
        guard let given = request.headers["Authorization"], given.lowercased().hasPrefix(scheme),
            token.matches(String(given.dropFirst(scheme.count)))
        else {
            attempts.withLock { $0.failed(client, now: now) }
            throw HTTPError(
                .unauthorized, "The operator's token is wrong.", headers: ["WWW-Authenticate": "Bearer"])
        }
        attempts.withLock { $0.succeeded(client) }
    }
}
