-- Which tables and views are there for everybody to use, and which columns has each, in order?
SELECT
    n.nspname || '.' || c.relname AS name,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
    a.attname AS "column",
    format_type(a.atttypid, a.atttypmod) AS type,
    CASE
        WHEN EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)
        ) THEN 'key'
        WHEN c.relkind <> 'v' AND NOT a.attnotnull THEN 'may be null'
        ELSE ''
    END AS note
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname IN ('raw', 'analytics', 'control') AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
ORDER BY n.nspname <> 'raw', n.nspname, c.relname, a.attnum
