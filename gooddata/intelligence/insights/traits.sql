-- Of project $1's newest $4 sessions that began from $2 to $3: how many of those with each trait had a goal? What happened in
-- a session counts only before its first goal. Trait '' is all.
WITH chosen AS (
    SELECT session_id, visitor, started_at, goals > 0 AS converted, device, source
    FROM analytics.session
    WHERE project_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT automated
    ORDER BY started_at DESC
    LIMIT $4
), happened AS (
    SELECT DISTINCT c.session_id, c.converted, e.name
    FROM chosen c
    JOIN analytics.event e ON e.project_id = $1 AND e.visitor = c.visitor AND e.session_id = c.session_id
        AND e.name = ANY ($5::text[])
    WHERE NOT EXISTS (
        SELECT FROM analytics.event g
        WHERE g.project_id = $1 AND g.visitor = c.visitor AND g.session_id = c.session_id AND g.goal
            AND g.timestamp <= e.timestamp)
)
SELECT '' AS kind, '' AS value, count(*) AS sessions, count(*) FILTER (WHERE converted) AS converted FROM chosen
UNION ALL
SELECT 'event', name, count(*), count(*) FILTER (WHERE converted) FROM happened GROUP BY name
UNION ALL
SELECT 'device', device, count(*), count(*) FILTER (WHERE converted) FROM chosen WHERE device IS NOT NULL GROUP BY device
