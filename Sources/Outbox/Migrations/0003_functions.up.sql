-- One 64-bit hash of an aggregate; what lanes and locks are made from. The hash functions are those of hash
-- partitioning, so they are stable across versions of the server.
CREATE OR REPLACE FUNCTION outbox_aggregate_hash(aggregate_type TEXT, aggregate_id TEXT) RETURNS BIGINT
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashtextextended(aggregate_id, hashtextextended(aggregate_type, 0));

-- The lane of an aggregate among `lanes`, a power of two.
CREATE OR REPLACE FUNCTION outbox_lane(aggregate_type TEXT, aggregate_id TEXT, lanes INTEGER) RETURNS INTEGER
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashtextextended(aggregate_id, hashtextextended(aggregate_type, 0)) & (lanes - 1))::INTEGER;

-- For writers that don't lock their aggregate's row: holds the aggregate until the transaction ends, so that
-- sequences and commits have one order. Call it before inserting the aggregate's first event.
CREATE OR REPLACE FUNCTION outbox_lock_aggregate(aggregate_type TEXT, aggregate_id TEXT) RETURNS VOID
    LANGUAGE sql VOLATILE
    RETURN pg_advisory_xact_lock(outbox_aggregate_hash(aggregate_type, aggregate_id));
