-- What operators decided about dead letters: who, when, why. A discarded event is kept whole.
CREATE TABLE outbox_consumer_audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    event_id UUID,
    reason TEXT,
    event JSONB
);
CREATE INDEX outbox_consumer_audit_consumer ON outbox_consumer_audit (consumer, action);
