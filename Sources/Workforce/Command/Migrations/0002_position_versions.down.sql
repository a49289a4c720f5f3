ALTER TABLE command_audit DROP COLUMN reason;
DROP TABLE position_versions;
