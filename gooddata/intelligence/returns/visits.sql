-- The sessions that began since $3 of visitors $2 of project $1, the newest $4 of each, in order.
SELECT v.visitor, s.*
FROM unnest($2::uuid[]) AS v (visitor)
CROSS JOIN LATERAL (
    SELECT started_at, last_at, pageviews, clicks, engaged_ms, goals, revenue, source, device, simulated
    FROM analytics.session
    WHERE project_id = $1 AND visitor = v.visitor AND started_at >= $3 AND NOT automated
    ORDER BY started_at DESC
    LIMIT $4
) s
ORDER BY v.visitor, s.started_at
