DROP FUNCTION IF EXISTS outbox_keep_partitions(INTERVAL);
DROP FUNCTION IF EXISTS outbox_copy_grants(REGCLASS, REGCLASS);
DROP FUNCTION IF EXISTS outbox_create_partition(REGCLASS, TEXT);
DROP FUNCTION IF EXISTS outbox_partitions();
DROP TABLE IF EXISTS outbox_settled_partitions;
