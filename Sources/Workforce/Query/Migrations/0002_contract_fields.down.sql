ALTER TABLE {schema}.job_level_versions DROP COLUMN name;

ALTER TABLE {schema}.organizations DROP COLUMN record_id;

ALTER TABLE {schema}.positions
    DROP COLUMN effective_date,
    DROP COLUMN employment_type,
    DROP COLUMN position_type,
    DROP COLUMN record_id;
