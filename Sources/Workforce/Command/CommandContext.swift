import FoundationEssentials
import Outbox

/// Who asks for a command, and how it can be traced.
public struct CommandContext: Hashable, Sendable {
    /// Letters, digits, `.`, `_` and `-`, at most 64.
    public var tenantID: String
    public var requestID: String
    public var correlationID: String
    /// The user, for the audit; events don't carry it.
    public var actor: String?
    /// Why it is done, in the user's words, for the audit; events don't carry it.
    public var reason: String?

    /// - Parameters:
    ///   - requestID: made unless given.
    ///   - correlationID: the request's id unless given.
    public init(
        tenantID: String, requestID: String? = nil, correlationID: String? = nil, actor: String? = nil,
        reason: String? = nil
    ) {
        self.tenantID = tenantID
        self.requestID = requestID ?? UUIDv7.next().text
        self.correlationID = correlationID ?? self.requestID
        self.actor = actor
        self.reason = reason
    }

    func check(_ check: inout InputCheck) {
        check.require(
            Identifiers.isTenant(tenantID), "tenantId",
            "must be 1 to 64 letters, digits, dots, underscores or hyphens, and begin with a letter or digit")
        check.text(requestID, "requestId")
        check.text(correlationID, "correlationId")
        if let actor { check.text(actor, "actor") }
        if let reason { check.reason(reason) }
    }
}

extension InputCheck {
    mutating func reason(_ value: String) { text(value, "operationReason", atMost: 500) }
}
