-- How many bytes does each table of analytics and the plain one take, indexes included, and how many its indexes alone?
SELECT n.nspname AS schema, coalesce(p.inhparent, c.oid)::regclass::text AS name,
       sum(pg_total_relation_size(c.oid))::bigint AS bytes, sum(pg_indexes_size(c.oid))::bigint AS indexes
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits p ON p.inhrelid = c.oid
WHERE c.relkind = 'r' AND n.nspname IN ('analytics', 'plain')
GROUP BY 1, 2
