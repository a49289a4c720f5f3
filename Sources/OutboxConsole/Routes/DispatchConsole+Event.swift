import FoundationEssentials
import LibPQ
import Outbox
import OutboxHTTP
import OutboxTelemetry

extension DispatchConsole {
    /// Shows an event. From other machines it takes the operator's token: there is a person's data in it.
    func event(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let sequence = Int64(try request.parameter("sequence")) else {
            throw HTTPError(.badRequest, "A sequence is a whole number.")
        }
        try checkMaySee(request)
        return try await reading {
            guard let event = try await sources.outbox.event(sequence) else {
                throw HTTPError(.notFound, "The outbox holds no event of this sequence any more.")
            }
            let shown = ShownEvent(event, mask: PayloadMask(configuration.maskedNames))
            return .json(Array(try ConsoleJSON.text(shown).utf8))
        }
    }

    /// Shows an event that waits before a read model, likewise.
    func deadEvent(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let consumer = request.query("consumer"), let id = request.query("event").flatMap(UUID.init) else {
            throw HTTPError(.badRequest, "Say which event of which consumer: /console/dead?consumer=name&event=id")
        }
        guard let readModel = sources.readModel else {
            throw HTTPError(.notFound, "The console knows no read model: QUERY_DATABASE_URL is not set.")
        }
        try checkMaySee(request)
        return try await reading {
            guard let event = try await readModel.event(id, of: consumer) else {
                throw HTTPError(.notFound, "No event of this id waits any more.")
            }
            let shown = ShownEvent(event, mask: PayloadMask(configuration.maskedNames))
            return .json(Array(try ConsoleJSON.text(shown).utf8))
        }
    }

    private func checkMaySee(_ request: HTTPRequest) throws(HTTPError) {
        guard !configuration.isLoopback else { return }
        guard door.isThere else {
            throw HTTPError(
                .forbidden, "Events are shown on this machine only, or to operators: see OUTBOX_OPERATOR_TOKEN.")
        }
        try door.check(request)
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
