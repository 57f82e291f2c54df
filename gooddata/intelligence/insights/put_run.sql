-- When project $1 was last looked at, how many comparisons were made, and why nothing could be said ($4), if so.
INSERT INTO analytics.insight_run (project_id, at, tested, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (project_id) DO UPDATE SET at = excluded.at, tested = excluded.tested, reason = excluded.reason
