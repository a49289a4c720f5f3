-- The event_ids that took effect, by consumer.
CREATE TABLE outbox_inbox (
    consumer TEXT NOT NULL,
    event_id UUID NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
-- For retention. All rows of a batch share one time, so that deduplication keeps this index small.
CREATE INDEX outbox_inbox_applied_at ON outbox_inbox (consumer, applied_at);

-- Where each partition goes on. Its row is locked by whoever applies events of the partition or changes its holds;
-- holds_version grows with every change of the holds, so that their owner sees what others changed.
CREATE TABLE outbox_consumer_offsets (
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset BIGINT NOT NULL,
    holds_version BIGINT NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, topic, partition)
) WITH (fillfactor = 50);

-- Aggregates that wait because their first waiting event failed. Dead: its attempts are used up, it is on the
-- dead-letter topic, and an operator decides. To try again, lock the partition's row of outbox_consumer_offsets, set
-- attempts = 0, retry_at = now(), dead_at = NULL here, and raise holds_version there.
CREATE TABLE outbox_consumer_holds (
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    held_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    retry_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    dead_at TIMESTAMPTZ,
    PRIMARY KEY (consumer, topic, partition, aggregate_type, aggregate_id)
);

-- The waiting events, whole, to be applied in the order of their place.
CREATE TABLE outbox_consumer_held_events (
    place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    record_offset BIGINT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    event_id UUID NOT NULL,
    event_type TEXT NOT NULL,
    record_timestamp BIGINT,
    record_key BYTEA,
    record_value BYTEA,
    header_names TEXT[] NOT NULL,
    header_values BYTEA[] NOT NULL,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (consumer, event_id)
);
CREATE INDEX outbox_consumer_held_events_order
    ON outbox_consumer_held_events (consumer, topic, partition, aggregate_type, aggregate_id, place);

-- The version of every cached query key. It grows in the transaction that changes what the answer is made from; the
-- answer in the cache is fresh when refreshed_version has caught up.
CREATE TABLE outbox_cache_keys (
    key TEXT PRIMARY KEY,
    consumer TEXT NOT NULL,
    projection TEXT NOT NULL,
    version BIGINT NOT NULL,
    refreshed_version BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
