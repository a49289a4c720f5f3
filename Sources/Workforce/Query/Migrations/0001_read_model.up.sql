-- What queries read, made from events alone. It has a schema of its own, so that it can share a database with anything.
-- There are no foreign keys: topics come in any order, an assignment may be known before its position.
-- Each table holds one group of fields that is written together and guarded by one sequence.

CREATE SCHEMA {schema};

CREATE TABLE {schema}.organizations (
    tenant_id      TEXT NOT NULL,
    code           TEXT NOT NULL,
    name           TEXT NOT NULL,
    unit_type      TEXT NOT NULL,
    status         TEXT NOT NULL,
    effective_date DATE NOT NULL,
    sequence       BIGINT NOT NULL,
    created_at     TIMESTAMPTZ,
    updated_at     TIMESTAMPTZ,
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE {schema}.job_level_versions (
    tenant_id      TEXT NOT NULL,
    code           TEXT NOT NULL,
    effective_date DATE NOT NULL,
    record_id      UUID NOT NULL,
    role_code      TEXT NOT NULL,
    level_rank     BIGINT NOT NULL,
    status         TEXT NOT NULL,
    sequence       BIGINT NOT NULL,
    created_at     TIMESTAMPTZ,
    PRIMARY KEY (tenant_id, code, effective_date)
);

-- What position events alone say.
CREATE TABLE {schema}.positions (
    tenant_id             TEXT NOT NULL,
    code                  TEXT NOT NULL,
    title                 TEXT NOT NULL,
    organization_code     TEXT NOT NULL,
    job_family_group_code TEXT NOT NULL,
    job_family_code       TEXT NOT NULL,
    job_role_code         TEXT NOT NULL,
    job_level_code        TEXT NOT NULL,
    is_deleted            BOOLEAN NOT NULL,
    sequence              BIGINT NOT NULL,
    created_at            TIMESTAMPTZ,
    updated_at            TIMESTAMPTZ,
    PRIMARY KEY (tenant_id, code)
) WITH (fillfactor = 80);

CREATE INDEX positions_organization_idx ON {schema}.positions (tenant_id, organization_code);

-- What events of the position and of its assignments say.
CREATE TABLE {schema}.position_staffing (
    tenant_id          TEXT NOT NULL,
    code               TEXT NOT NULL,
    status             TEXT NOT NULL,
    headcount_capacity DOUBLE PRECISION NOT NULL,
    headcount_in_use   DOUBLE PRECISION NOT NULL,
    sequence           BIGINT NOT NULL,
    updated_at         TIMESTAMPTZ,
    PRIMARY KEY (tenant_id, code)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.assignments (
    tenant_id       TEXT NOT NULL,
    assignment_id   UUID NOT NULL,
    position_code   TEXT NOT NULL,
    employee_id     TEXT NOT NULL,
    employee_name   TEXT NOT NULL,
    status          TEXT NOT NULL,
    assignment_type TEXT NOT NULL,
    fte             DOUBLE PRECISION NOT NULL,
    effective_date  DATE NOT NULL,
    end_date        DATE,
    auto_revert     BOOLEAN NOT NULL,
    sequence        BIGINT NOT NULL,
    created_at      TIMESTAMPTZ,
    updated_at      TIMESTAMPTZ,
    PRIMARY KEY (tenant_id, assignment_id)
) WITH (fillfactor = 90);

CREATE INDEX assignments_position_idx ON {schema}.assignments (tenant_id, position_code, effective_date);
