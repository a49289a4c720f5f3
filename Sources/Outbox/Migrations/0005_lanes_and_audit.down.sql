DROP TABLE IF EXISTS outbox_audit;
DROP TABLE IF EXISTS outbox_lanes;
