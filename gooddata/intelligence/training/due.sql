-- How much could each project learn from now, how much had its newest model of task $1, and was anybody erased since?
SELECT
    p.project_id,
    s.sessions,
    s.conversions,
    m.version IS NOT NULL AS trained,
    EXISTS (SELECT FROM analytics.retrain r WHERE r.project_id = p.project_id) AS erased,
    (m.metrics -> 'there_were' ->> 'sessions')::bigint AS sessions_then,
    (m.metrics -> 'there_were' ->> 'conversions')::bigint AS conversions_then
FROM control.project p
CROSS JOIN LATERAL (
    SELECT count(*) AS sessions, count(*) FILTER (WHERE goals > 0) AS conversions
    FROM analytics.session
    WHERE project_id = p.project_id AND NOT automated AND last_at < now() - interval '30 minutes'
) s
LEFT JOIN LATERAL (
    SELECT version, metrics
    FROM analytics.model
    WHERE project_id = p.project_id AND task = $1
    ORDER BY version DESC
    LIMIT 1
) m ON true
ORDER BY p.project_id
