DROP TABLE IF EXISTS outbox_dispatchers;
