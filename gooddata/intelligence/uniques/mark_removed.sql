-- The hours from time $2 on of which there are sketches, of project $1 or of all, have changed with this transaction.
INSERT INTO analytics.unique_due AS d (project_id, hour)
SELECT project_id, hour FROM analytics.unique_hour
WHERE dimension = '' AND hour >= date_trunc('hour', $2::timestamptz, 'UTC') AND ($1::text IS NULL OR project_id = $1)
ORDER BY project_id, hour
ON CONFLICT (project_id, hour) DO UPDATE SET marks = d.marks + 1, changed_at = now()
