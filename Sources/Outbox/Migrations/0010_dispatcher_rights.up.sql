-- Who may look at the lanes may look at the dispatchers, who may work on them may be one, and who may write to the audit
-- may drain one.
DO $$
DECLARE
    given RECORD;
    owner REGROLE := (SELECT relowner FROM pg_class WHERE oid = 'outbox_events'::REGCLASS);
BEGIN
    IF owner <> (SELECT relowner FROM pg_class WHERE oid = 'outbox_dispatchers'::REGCLASS) THEN
        EXECUTE format('ALTER TABLE outbox_dispatchers OWNER TO %s', owner);
    END IF;
    FOR given IN
        SELECT DISTINCT CASE
                WHEN c.oid = 'outbox_audit'::REGCLASS THEN 'SELECT, UPDATE (drained_at)'
                WHEN a.privilege_type = 'UPDATE' THEN 'SELECT, INSERT, UPDATE, DELETE'
                ELSE 'SELECT' END AS privileges,
            a.grantee::REGROLE AS grantee
        FROM pg_class c, aclexplode(c.relacl) AS a
        WHERE a.grantee NOT IN (0, c.relowner) AND (
            c.oid = 'outbox_lanes'::REGCLASS AND a.privilege_type IN ('SELECT', 'UPDATE')
            OR c.oid = 'outbox_audit'::REGCLASS AND a.privilege_type = 'INSERT')
    LOOP
        EXECUTE format('GRANT %s ON outbox_dispatchers TO %s', given.privileges, given.grantee);
    END LOOP;
END
$$;
