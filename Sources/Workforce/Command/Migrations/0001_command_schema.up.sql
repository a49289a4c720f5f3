-- The business side of the reference domain. The tenant is part of every key.

CREATE TABLE organizations (
    tenant_id      TEXT NOT NULL,
    code           TEXT NOT NULL,
    record_id      UUID NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    unit_type      TEXT NOT NULL,
    status         TEXT NOT NULL,
    effective_date DATE NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code)
);

-- Family groups, the families in them, the roles in those.
CREATE TABLE job_catalog (
    tenant_id      TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('FAMILY_GROUP', 'FAMILY', 'ROLE')),
    code           TEXT NOT NULL,
    record_id      UUID NOT NULL UNIQUE,
    parent_code    TEXT,
    name           TEXT NOT NULL,
    status         TEXT NOT NULL,
    effective_date DATE NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, code),
    CHECK ((parent_code IS NULL) = (kind = 'FAMILY_GROUP'))
);

CREATE TABLE job_levels (
    tenant_id  TEXT NOT NULL,
    code       TEXT NOT NULL,
    role_code  TEXT NOT NULL,
    level_rank INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE job_level_versions (
    tenant_id        TEXT NOT NULL,
    code             TEXT NOT NULL,
    effective_date   DATE NOT NULL,
    record_id        UUID NOT NULL UNIQUE,
    parent_record_id UUID,
    name             TEXT NOT NULL,
    status           TEXT NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code, effective_date),
    FOREIGN KEY (tenant_id, code) REFERENCES job_levels
);

CREATE TABLE positions (
    tenant_id             TEXT NOT NULL,
    code                  TEXT NOT NULL,
    record_id             UUID NOT NULL UNIQUE,
    title                 TEXT NOT NULL,
    status                TEXT NOT NULL,
    organization_code     TEXT NOT NULL,
    job_family_group_code TEXT NOT NULL,
    job_family_code       TEXT NOT NULL,
    job_role_code         TEXT NOT NULL,
    job_level_code        TEXT NOT NULL,
    position_type         TEXT NOT NULL,
    employment_type       TEXT NOT NULL,
    headcount_capacity    NUMERIC(8, 2) NOT NULL CHECK (headcount_capacity > 0),
    headcount_in_use      NUMERIC(8, 2) NOT NULL DEFAULT 0 CHECK (headcount_in_use >= 0),
    is_inactive           BOOLEAN NOT NULL DEFAULT FALSE,
    is_deleted            BOOLEAN NOT NULL DEFAULT FALSE,
    effective_date        DATE NOT NULL,
    created_at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code),
    FOREIGN KEY (tenant_id, organization_code) REFERENCES organizations,
    FOREIGN KEY (tenant_id, job_level_code) REFERENCES job_levels
);

-- For positions that are created without a code of their own.
CREATE SEQUENCE position_codes MINVALUE 2000000 MAXVALUE 9999999;

CREATE TABLE assignments (
    tenant_id       TEXT NOT NULL,
    assignment_id   UUID NOT NULL,
    position_code   TEXT NOT NULL,
    employee_id     TEXT NOT NULL,
    employee_name   TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('PENDING', 'ACTIVE', 'ENDED')),
    assignment_type TEXT NOT NULL,
    fte             NUMERIC(3, 2) NOT NULL CHECK (fte > 0 AND fte <= 1),
    effective_date  DATE NOT NULL,
    end_date        DATE CHECK (end_date >= effective_date),
    auto_revert     BOOLEAN NOT NULL DEFAULT FALSE,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, assignment_id),
    FOREIGN KEY (tenant_id, position_code) REFERENCES positions,
    CHECK (status <> 'ENDED' OR end_date IS NOT NULL)
);

CREATE INDEX assignments_position_idx ON assignments (tenant_id, position_code, status);

-- Who did what, written in the transaction that did it.
CREATE TABLE command_audit (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      TEXT NOT NULL,
    recorded_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    operation      TEXT NOT NULL,
    actor          TEXT,
    request_id     TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    command        JSONB NOT NULL
);

CREATE INDEX command_audit_request_idx ON command_audit (tenant_id, request_id);
