-- Who owns which lane, until when (database time). The epoch grows with every change of owner.
CREATE TABLE IF NOT EXISTS outbox_lanes (
    lane INTEGER PRIMARY KEY,
    owner TEXT,
    epoch BIGINT NOT NULL DEFAULT 0,
    lease_until TIMESTAMPTZ
) WITH (fillfactor = 50);

-- What operators did, to which event, and why.
CREATE TABLE IF NOT EXISTS outbox_audit (
    id BIGSERIAL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    event_id UUID,
    aggregate_type TEXT,
    aggregate_id TEXT,
    reason TEXT,
    event JSONB
);
