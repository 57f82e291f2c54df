-- The sessions that began since $2 of a sample of $3 visitors of project $1, the newest $4 of each, in order. Ids are keyed
-- hashes: those that come first are as good as drawn by chance, whether they are still about or long gone.
SELECT v.visitor, s.*
FROM (
    SELECT visitor FROM analytics.session
    WHERE project_id = $1 AND started_at >= $2 AND NOT automated
    GROUP BY visitor
    ORDER BY visitor
    LIMIT $3
) v
CROSS JOIN LATERAL (
    SELECT started_at, last_at, pageviews, clicks, engaged_ms, goals, revenue, source, device, simulated
    FROM analytics.session
    WHERE project_id = $1 AND visitor = v.visitor AND started_at >= $2 AND NOT automated
    ORDER BY started_at DESC
    LIMIT $4
) s
ORDER BY v.visitor, s.started_at
