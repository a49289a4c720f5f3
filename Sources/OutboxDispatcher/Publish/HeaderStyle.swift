/// Under which names an event's facts travel as Kafka headers.
public enum HeaderStyle: String, Sendable, Hashable, CaseIterable {
    /// `event_id`, `event_type`, `aggregate_type`, `aggregate_id`, `sequence`, `occurred_at`, `tenant_id`.
    case native
    /// CloudEvents 1.0, Kafka binding in binary mode: `ce_specversion`, `ce_id`, `ce_source`, `ce_type`,
    /// `ce_subject`, `ce_time`, `ce_sequence`, `content-type`.
    case cloudevents
    /// As Debezium's outbox event router writes them: `id`, `eventType`.
    case debezium
}
