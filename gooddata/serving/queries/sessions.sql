-- Which sessions of project $1 were the latest to be active from $2 to $5, and how are they scored?
-- $3 of them; $4 picks one; those after the one that was active at $6, whose id is $7, and of which [filters] holds.
SELECT
    s.session_id, s.visitor, s.started_at, s.last_at, s.events, s.pageviews, s.clicks, s.engaged_ms, s.entry_path,
    s.last_path, s.source, s.device, s.browser, s.country, s.simulated, s.automated, s.goals, s.revenue,
    c.score, c.reason, c.task
FROM (
    SELECT * FROM analytics.session s
    WHERE project_id = $1 AND last_at >= $2 AND started_at < $5 AND ($4::uuid IS NULL OR session_id = $4)
      AND ($6::timestamptz IS NULL OR last_at <= $6 AND (last_at < $6 OR session_id > $7::uuid))
      AND [filters]
    ORDER BY last_at DESC, session_id
    LIMIT $3
) s
LEFT JOIN analytics.score c USING (project_id, session_id)
ORDER BY s.last_at DESC, s.session_id
