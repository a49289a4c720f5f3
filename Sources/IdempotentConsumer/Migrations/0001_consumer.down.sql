DROP TABLE outbox_cache_keys;
DROP TABLE outbox_consumer_held_events;
DROP TABLE outbox_consumer_holds;
DROP TABLE outbox_consumer_offsets;
DROP TABLE outbox_inbox;
