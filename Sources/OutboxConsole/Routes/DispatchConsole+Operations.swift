import LibPQ
import Outbox
import OutboxDispatcher
import OutboxHTTP
import OutboxTelemetry

// What operators may do: the same as with the commands, recorded in the same audit.
extension DispatchConsole {
    private struct Answer: Encodable { let count: Int }

    func addOperations(_ post: (String, @escaping HTTPRouter.Handler) -> Void) {
        // For a page to know whether the token is right before somebody decides something.
        post("/console/operator") { request in
            try door.check(request)
            return HTTPResponse(.noContent)
        }
        post("/console/retry") { request in
            try await operate(request, "retry") { selection, actor, reason, _ in
                try await parked.retry(selection, actor: actor, reason: reason)
            }
        }
        post("/console/release") { request in
            try await operate(request, "release") { selection, actor, reason, _ in
                try await Holds(pool: operations).release(selection, actor: actor, reason: reason)
            }
        }
        post("/console/redrive", redrive)
        post("/console/discard") { request in
            try await operate(request, "discard") { selection, actor, reason, _ in
                guard case .event = selection else {
                    throw HTTPError(.badRequest, "One event can be discarded at a time: say its eventID.")
                }
                guard let reason else {
                    throw HTTPError(.badRequest, "Say why: the audit keeps the reason why an event was given up.")
                }
                return try await parked.discard(selection, actor: actor, reason: reason)
            }
        }
    }

    /// Has a consumer's aggregate tried anew, dead letters and all.
    private func redrive(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let readModel = sources.readModel else {
            throw HTTPError(.notFound, "The console knows no read model: QUERY_DATABASE_URL is not set.")
        }
        return try await operate(request, "redrive") { selection, actor, reason, asked in
            guard case .aggregate(let type, let id) = selection, let consumer = asked.consumer else {
                throw HTTPError(.badRequest, "Say which aggregate, by consumer, aggregateType and aggregateID.")
            }
            return try await readModel.redrive(
                consumer, aggregateType: type, aggregateID: id, actor: actor, reason: reason)
        }
    }

    private var parked: ParkedEvents { ParkedEvents(pool: operations) }

    private func operate(
        _ request: HTTPRequest, _ name: String,
        _ body: (
            _ selection: HeldSelection, _ actor: String, _ reason: String?, _ asked: OperatorRequest
        ) async throws -> Int
    ) async throws -> HTTPResponse {
        try door.check(request)
        guard request.headers["Content-Type"] != nil else {
            throw HTTPError(.unsupportedMediaType, "Send the body as application/json.")
        }
        let asked = try request.decodeJSON(OperatorRequest.self)
        let actor = try asked.actor()
        let reason = try asked.checkedReason()
        let selection = try asked.selection()
        return try await reading {
            let count = try await body(selection, actor, reason, asked)
            Logger(label: "outbox.console").notice(
                "an operator changed held events",
                metadata: ["action": "\(name)", "operator": "\(actor)", "events": "\(count)"])
            dispatcher.nudge()
            await poller.hurry()
            await poller.refresh()
            guard count > 0 else {
                throw HTTPError(.conflict, "No event matches any more: somebody may have decided already.")
            }
            return .json(Array(try ConsoleJSON.text(Answer(count: count)).utf8))
        }
    }
}
