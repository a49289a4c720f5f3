-- Gives to `target` the rights that others have on `source`. Before version 17 the server keeps those on columns that
-- were dropped.
CREATE OR REPLACE FUNCTION outbox_copy_grants(source REGCLASS, target REGCLASS) RETURNS VOID
    LANGUAGE plpgsql
    AS $$
    DECLARE
        given RECORD;
    BEGIN
        FOR given IN
            SELECT a.privilege_type || column_list AS privilege, a.is_grantable,
                CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::REGROLE::TEXT END AS grantee
            FROM (
                SELECT relacl AS acl, '' AS column_list, relowner FROM pg_class WHERE oid = source
                UNION ALL
                SELECT t.attacl, format(' (%I)', t.attname), c.relowner
                FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
                WHERE c.oid = source AND NOT t.attisdropped
            ) AS acls, aclexplode(acls.acl) AS a
            WHERE a.grantee <> acls.relowner
        LOOP
            EXECUTE format(
                'GRANT %s ON %s TO %s%s', given.privilege, target, given.grantee,
                CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
    END
    $$;
