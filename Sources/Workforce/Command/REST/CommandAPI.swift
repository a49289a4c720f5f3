public import OutboxHTTP

/// The commands as a REST interface; `openapi.json` describes it.
///
/// Its routes want ``HTTPRouter/addServiceLayers(access:logger:)`` around them, which finds out who calls.
public struct CommandAPI: Sendable {
    private let service: CommandService

    public init(service: CommandService) { self.service = service }

    /// Adds all routes.
    public func addRoutes(to router: inout HTTPRouter) {
        addOrganizationRoutes(to: &router)
        addJobCatalogRoutes(to: &router)
        addPositionRoutes(to: &router)
        addAssignmentRoutes(to: &router)
        addDescription(to: &router)
    }

    /// Adds the route of a command.
    ///
    /// - Parameters:
    ///   - path: behind `/api/v1`.
    ///   - message: for people, what was done.
    ///   - status: of the answer when it was done.
    ///   - command: makes the command of a request.
    ///   - answer: what the answer says of it.
    func add<SomeCommand: Command, Answer: Encodable & SendableMetatype>(
        _ method: String, _ path: String, to router: inout HTTPRouter, message: String, status: HTTPStatus = .ok,
        command: @escaping @Sendable (RequestPath, inout RequestBody) throws -> SomeCommand,
        answer: @escaping @Sendable (SomeCommand, SomeCommand.Outcome) -> Answer
    ) {
        router.on(method, "/api/v1" + path) { [service] request in
            let (caller, identity) = (try request.caller(), request.identity)
            let path = RequestPath(request)
            var body = try RequestBody(request)
            let command = try command(path, &body)
            let reason = body.reason()
            try body.finish(command)
            let receipt = try await service.execute(
                command,
                context: CommandContext(
                    tenantID: caller.tenantID, requestID: identity.requestID, correlationID: identity.correlationID,
                    actor: caller.userID, reason: reason))
            var response = try HTTPResponse.envelope(
                Flattened(answer(command, receipt.outcome), WrittenEvents(receipt.events)), message: message,
                status: status, for: request)
            response.headers[Self.sequenceHeader] = Self.written(receipt.events)
            return response
        }
    }

    /// What a reader sends along who wants to see what was written: `P1000033=57`, for each aggregate.
    private static let sequenceHeader = "X-Min-Sequence"

    private static func written(_ events: [EventReceipt]) -> String? {
        let last = Dictionary(events.map { ($0.aggregateID, $0.sequence) }, uniquingKeysWith: max)
        guard !last.isEmpty else { return nil }
        // The newest, if there are more than a reader may ask for at once.
        return last.sorted { $0.value > $1.value }.prefix(MinimumSequence.maximumCount)
            .map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
