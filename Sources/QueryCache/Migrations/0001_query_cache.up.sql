-- Ready-made answers. A row without a value is a tombstone: it has no answer, but keeps older ones out.
CREATE TABLE query_cache (
    key TEXT PRIMARY KEY,
    value JSON,
    version BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ
) WITH (fillfactor = 80);
