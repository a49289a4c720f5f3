-- The dispatchers that live (database time), for sharing the lanes out among them. A process that starts under a name
-- that is there already has another incarnation, and replaces it.
CREATE TABLE IF NOT EXISTS outbox_dispatchers (
    instance TEXT PRIMARY KEY,
    incarnation UUID NOT NULL,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    seen_until TIMESTAMPTZ NOT NULL,
    lanes INTEGER NOT NULL,
    drained_at TIMESTAMPTZ
) WITH (fillfactor = 50);
