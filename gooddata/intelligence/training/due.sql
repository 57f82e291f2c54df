-- How much could each project learn from now, how much had its newest model of task $1, was anybody erased since, are
-- sessions other ones than those learned from, and did the last training fail (`waits`: it is not time to try again)?
SELECT
    p.project_id,
    s.sessions,
    s.conversions,
    m.version IS NOT NULL AS trained,
    EXISTS (SELECT FROM analytics.retrain r WHERE r.project_id = p.project_id) AS erased,
    coalesce((m.metrics -> 'there_were' ->> 'sessions')::bigint, 0) AS sessions_then,
    coalesce((m.metrics -> 'there_were' ->> 'conversions')::bigint, 0) AS conversions_then,
    coalesce(t.failures, 0) > 0 AS failed,
    coalesce(t.retry_at > now(), false) AS waits,
    -- Whether the new model is better is seen by sessions since: once a day is enough.
    coalesce(m.trained_at < now() - interval '1 day', false) AND EXISTS (
        SELECT FROM analytics.drift d
        JOIN analytics.model c ON c.project_id = d.project_id AND c.task = d.task AND c.role = 'champion'
            AND c.version = d.model_version
        WHERE d.project_id = p.project_id AND cardinality(d.drifted) > 0
    ) AS drifted
FROM control.project p
CROSS JOIN LATERAL (
    SELECT count(*) AS sessions, count(*) FILTER (WHERE goals > 0) AS conversions
    FROM analytics.session
    WHERE project_id = p.project_id AND NOT automated AND last_at < now() - interval '30 minutes'
) s
LEFT JOIN analytics.training t ON t.project_id = p.project_id
LEFT JOIN LATERAL (
    SELECT version, metrics, trained_at
    FROM analytics.model
    WHERE project_id = p.project_id AND task = $1
    ORDER BY version DESC
    LIMIT 1
) m ON true
ORDER BY p.project_id
