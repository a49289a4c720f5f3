DROP TABLE outbox_consumer_audit;
