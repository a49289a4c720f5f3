import FoundationEssentials
import LibPQ
import Outbox
import OutboxHTTP
import OutboxTelemetry

extension DispatchConsole {
    /// An event as it is shown: payload and headers as text, secrets masked.
    struct ShownEvent: Encodable {
        let sequence: Int64
        let eventID: UUID
        let eventType: String
        let aggregateType: String
        let aggregateID: String
        let createdAt: Date
        let parkedAt: Date?
        let publishedAt: Date?
        let attempts: Int
        let reason: String?
        let payload: String
        let headers: String
        /// Whether the payload was too long to be shown whole.
        let isCut: Bool

        private static let longestText = 200_000

        init(_ event: StoredEvent, mask: PayloadMask) {
            sequence = event.sequence
            eventID = event.eventID
            eventType = event.eventType
            aggregateType = event.aggregateType
            aggregateID = event.aggregateID
            createdAt = event.createdAt
            parkedAt = event.parkedAt
            publishedAt = event.publishedAt
            attempts = event.retryCount
            reason = event.lastError.map(LogRedaction.redacted)
            let payload = Self.text(event.payload, mask)
            let headers = Self.text(event.headers, mask)
            isCut = payload.isCut || headers.isCut
            self.payload = payload.text
            self.headers = headers.text
        }

        private static func text(_ value: JSONValue, _ mask: PayloadMask) -> (text: String, isCut: Bool) {
            let bytes = mask.masked(value).serialized(pretty: true)
            return (String(decoding: bytes.prefix(longestText), as: UTF8.self), bytes.count > longestText)
        }
    }

    /// Shows an event. From other machines it takes the operator's token: there is a person's data in it.
    func event(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let sequence = Int64(try request.parameter("sequence")) else {
            throw HTTPError(.badRequest, "A sequence is a whole number.")
        }
        if !configuration.isLoopback {
            guard door.isThere else {
                throw HTTPError(
                    .forbidden, "Events are shown on this machine only, or to operators: see OUTBOX_OPERATOR_TOKEN.")
            }
            try door.check(request)
        }
        return try await reading {
            guard let event = try await store.event(sequence) else {
                throw HTTPError(.notFound, "The outbox holds no event of this sequence any more.")
            }
            let shown = ShownEvent(event, mask: PayloadMask(configuration.maskedNames))
            return .json(Array(try ConsoleJSON.text(shown).utf8))
        }
    }

    /// Answers 503 with the reason when the database gives no answer, and 403 when its role may not.
    func reading(_ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        do {
            return try await body()
        } catch let error as PQError {
            let status: HTTPStatus = error.sqlState == "42501" ? .forbidden : .serviceUnavailable
            throw HTTPError(status, "The database says: \(LogRedaction.redacted(error.message))")
        }
    }
}
