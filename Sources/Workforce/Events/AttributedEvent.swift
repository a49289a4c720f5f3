import FoundationEssentials

/// An event with its tenant, read in one go.
struct AttributedEvent: DecodableWithConfiguration {
    let tenantID: String
    let event: WorkforceEvent

    private enum CodingKeys: String, CodingKey {
        case tenantId
    }

    init(from decoder: any Decoder, configuration type: WorkforceEventType) throws {
        tenantID = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .tenantId)
        event = try WorkforceEvent(from: decoder, configuration: type)
    }
}
