DROP TABLE command_audit;
DROP TABLE assignments;
DROP SEQUENCE position_codes;
DROP TABLE positions;
DROP TABLE job_level_versions;
DROP TABLE job_levels;
DROP TABLE job_catalog;
DROP TABLE organizations;
