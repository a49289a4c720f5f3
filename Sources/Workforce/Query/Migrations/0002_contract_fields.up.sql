-- What events say of positions, job levels and organizations beyond what they said at first. Events from before don't,
-- so each may be NULL.

ALTER TABLE {schema}.positions
    ADD COLUMN record_id UUID,
    ADD COLUMN position_type TEXT,
    ADD COLUMN employment_type TEXT,
    ADD COLUMN effective_date DATE;

ALTER TABLE {schema}.organizations ADD COLUMN record_id UUID;

ALTER TABLE {schema}.job_level_versions ADD COLUMN name TEXT;
