ALTER TABLE read_model.job_level_versions DROP COLUMN name;

ALTER TABLE read_model.organizations DROP COLUMN record_id;

ALTER TABLE read_model.positions
    DROP COLUMN effective_date,
    DROP COLUMN employment_type,
    DROP COLUMN position_type,
    DROP COLUMN record_id;
