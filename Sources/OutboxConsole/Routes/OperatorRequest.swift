import FoundationEssentials
import Outbox
import OutboxHTTP

/// What an operator asks for on the page.
struct OperatorRequest: Decodable {
    /// Who asks.
    let `operator`: String
    /// Why.
    let reason: String?
    /// One event,
    let eventID: UUID?
    /// or an aggregate's,
    let aggregateType: String?
    let aggregateID: String?
    /// or all of them.
    let all: Bool?
    /// Whose aggregate it is, where it is a consumer's.
    let consumer: String?

    private static let longestName = 100
    private static let longestReason = 1_000

    /// - Throws: `HTTPError` with 400 for a name or reason that the audit could not keep.
    func actor() throws(HTTPError) -> String {
        let name = Self.trimmed(`operator`)
        guard !name.isEmpty, name.count <= Self.longestName, Self.isText(name) else {
            throw HTTPError(
                .badRequest, "Say who you are, in at most \(Self.longestName) characters: the audit keeps it.")
        }
        return name
    }

    func checkedReason() throws(HTTPError) -> String? {
        guard let reason = reason.map(Self.trimmed), !reason.isEmpty else { return nil }
        guard reason.count <= Self.longestReason, Self.isText(reason) else {
            throw HTTPError(.badRequest, "Say why in at most \(Self.longestReason) characters.")
        }
        return reason
    }

    /// - Throws: `HTTPError` with 400 unless exactly one way is used.
    func selection() throws(HTTPError) -> HeldSelection {
        var ways: [HeldSelection] = []
        if let eventID { ways.append(.event(eventID)) }
        if let aggregateType, let aggregateID { ways.append(.aggregate(type: aggregateType, id: aggregateID)) }
        if all == true { ways.append(.all) }
        guard ways.count == 1, let way = ways.first else {
            throw HTTPError(
                .badRequest, "Say which events are meant: by eventID, by aggregateType and aggregateID, or all.")
        }
        return way
    }

    private static func isText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
