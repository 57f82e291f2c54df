-- Buckets of length $2 of project $1 have been looked at up to $3; what is older than 400 days goes.
WITH old AS (
    DELETE FROM analytics.anomaly WHERE project_id = $1 AND bucket < $3::timestamptz - interval '400 days'
)
INSERT INTO analytics.anomaly_progress (project_id, step, until) VALUES ($1, $2, $3)
ON CONFLICT (project_id, step) DO UPDATE SET until = excluded.until
