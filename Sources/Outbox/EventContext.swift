/// What every event says about where it comes from; merged flat into its payload.
public struct EventContext: Sendable, Equatable {
    /// Whose data this is.
    public var tenantID: String
    /// The request that caused the event.
    public var requestID: String
    /// What ties together all that one business action caused.
    public var correlationID: String
    /// What was asked for, e.g. `CreatePosition`.
    public var operation: String
    /// The service that writes the event.
    public var source: String

    /// - Parameters:
    ///   - tenantID: whose data this is.
    ///   - requestID: the request that caused the event.
    ///   - correlationID: the request's id unless given.
    ///   - operation: what was asked for, e.g. `CreatePosition`.
    ///   - source: `command-service` unless given.
    public init(
        tenantID: String, requestID: String, correlationID: String? = nil, operation: String,
        source: String = "command-service"
    ) {
        self.tenantID = tenantID
        self.requestID = requestID
        self.correlationID = correlationID ?? requestID
        self.operation = operation
        self.source = source
    }
}
