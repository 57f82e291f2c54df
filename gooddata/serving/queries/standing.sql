-- When was project $1 last looked at for task $2, why is nothing said, and how good is the model?
SELECT (extract(epoch FROM s.at) * 1000)::bigint AS at, s.reason, m.metrics
FROM analytics.standing s
LEFT JOIN LATERAL (
    SELECT metrics FROM analytics.model
    WHERE project_id = s.project_id AND task = s.task
      AND role = 'champion'
) m ON true
WHERE s.project_id = $1 AND s.task = $2 AND s.at IS NOT NULL
