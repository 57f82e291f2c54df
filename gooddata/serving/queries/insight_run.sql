-- When was project $1 last looked at for insights, and why was nothing said, if so?
SELECT (extract(epoch FROM at) * 1000)::bigint AS computed_at, tested, reason
FROM analytics.insight_run
WHERE project_id = $1
