-- The sessions that began since $2 of the $4 visitors of project $1 who were active last, since $3; the newest $5 of each, in
-- order.
SELECT v.visitor, s.*
FROM (
    SELECT visitor FROM analytics.session
    WHERE project_id = $1 AND last_at >= $3 AND NOT automated
    GROUP BY visitor
    ORDER BY max(last_at) DESC, visitor
    LIMIT $4
) v
CROSS JOIN LATERAL (
    SELECT started_at, last_at, pageviews, clicks, engaged_ms, goals, revenue, source, device, simulated
    FROM analytics.session
    WHERE project_id = $1 AND visitor = v.visitor AND started_at >= $2 AND NOT automated
    ORDER BY started_at DESC
    LIMIT $5
) s
ORDER BY v.visitor, s.started_at
