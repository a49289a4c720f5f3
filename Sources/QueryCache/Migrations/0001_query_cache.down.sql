DROP TABLE query_cache;
