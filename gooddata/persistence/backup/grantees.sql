-- To which roles, other than owners and everybody, is something granted in this database?
SELECT DISTINCT pg_get_userbyid(acl.grantee)
FROM (
    SELECT relacl AS given, relowner AS owner FROM pg_class WHERE relnamespace::regnamespace::text IN ('raw', 'analytics', 'control', 'public')
    UNION ALL
    SELECT a.attacl, c.relowner FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace::regnamespace::text IN ('raw', 'analytics', 'control', 'public') AND a.attacl IS NOT NULL
    UNION ALL SELECT nspacl, nspowner FROM pg_namespace
    UNION ALL SELECT proacl, proowner FROM pg_proc WHERE pronamespace::regnamespace::text IN ('raw', 'analytics', 'control', 'public')
    UNION ALL SELECT defaclacl, defaclrole FROM pg_default_acl
) AS granted
CROSS JOIN LATERAL aclexplode(given) AS acl
WHERE acl.grantee NOT IN (0, owner) AND pg_get_userbyid(acl.grantee) NOT LIKE 'pg\_%'
