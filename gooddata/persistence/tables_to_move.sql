-- Which tables hold what there is, with their columns, those first that others refer to? What is known of windows of
-- time is of each database alone.
SELECT c.oid::regclass::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace::regnamespace::text IN ('control', 'analytics') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.oid::regclass::text NOT IN ('analytics.timed', 'analytics.time_window')
GROUP BY c.oid
ORDER BY c.oid::regclass::text <> 'control.project', 1
