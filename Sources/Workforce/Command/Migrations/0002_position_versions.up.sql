-- The versions of positions that newer ones took the place of; a position's row is its newest version.
CREATE TABLE position_versions (
    tenant_id             TEXT NOT NULL,
    code                  TEXT NOT NULL,
    effective_date        DATE NOT NULL,
    record_id             UUID NOT NULL UNIQUE,
    title                 TEXT NOT NULL,
    organization_code     TEXT NOT NULL,
    job_family_group_code TEXT NOT NULL,
    job_family_code       TEXT NOT NULL,
    job_role_code         TEXT NOT NULL,
    job_level_code        TEXT NOT NULL,
    position_type         TEXT NOT NULL,
    employment_type       TEXT NOT NULL,
    headcount_capacity    NUMERIC(8, 2) NOT NULL,
    replaced_at           TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code, effective_date),
    FOREIGN KEY (tenant_id, code) REFERENCES positions
);

-- Why it was done, as the one who did it said.
ALTER TABLE command_audit ADD COLUMN reason TEXT;
