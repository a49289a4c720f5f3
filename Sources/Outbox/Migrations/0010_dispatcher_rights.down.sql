DO $$
DECLARE
    grantee REGROLE;
BEGIN
    FOR grantee IN
        SELECT DISTINCT a.grantee::REGROLE
        FROM pg_class c LEFT JOIN pg_attribute t ON t.attrelid = c.oid,
            aclexplode(c.relacl || t.attacl) AS a
        WHERE c.oid = to_regclass('outbox_dispatchers') AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('REVOKE ALL ON outbox_dispatchers FROM %s', grantee);
    END LOOP;
END
$$;
