-- Which visitors had an event in the hour from $2 on in project $1: of everything, and of each value of each dimension?
-- Page, event and goal are the events' own; the other dimensions are credited to the session, as in sessions/rollup.py.
-- Of each visitor the first eight bytes, one after another, perhaps more than once.
WITH seen AS (
    SELECT
        visitor, session_id, path, name, goal,
        grouping(session_id) = 0 AS by_session, grouping(path) = 0 AS by_path
    FROM (
        SELECT visitor, session_id, path, coalesce(nullif(name, ''), type) AS name, goal
        FROM analytics.event
        WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $2::timestamptz + interval '1 hour'
    ) e
    GROUP BY GROUPING SETS ((visitor, session_id), (visitor, path), (visitor, name, goal))
), visited AS (
    SELECT seen.visitor, s.session_id, s.source, s.campaign, s.device, s.browser, s.country
    FROM seen
    LEFT JOIN analytics.session s
        ON s.project_id = $1 AND s.session_id = seen.session_id
        AND s.started_at >= $2::timestamptz - interval '24 hours' AND s.started_at < $2::timestamptz + interval '1 hour'
    WHERE by_session
), cell AS (
    SELECT d.dimension, d.value, visitor
    FROM visited
    CROSS JOIN LATERAL (VALUES
        ('', ''),
        ('source', CASE WHEN session_id IS NOT NULL THEN coalesce(nullif(source, ''), 'direct') END),
        ('campaign', campaign),
        ('device', CASE WHEN session_id IS NOT NULL THEN coalesce(nullif(device, ''), 'unknown') END),
        ('browser', CASE WHEN session_id IS NOT NULL THEN coalesce(nullif(browser, ''), 'unknown') END),
        ('country', country)
    ) AS d (dimension, value)
    UNION ALL
    SELECT 'page', path, visitor FROM seen WHERE by_path
    UNION ALL
    SELECT d.dimension, d.value, visitor
    FROM seen
    CROSS JOIN LATERAL (VALUES ('event', name), ('goal', CASE WHEN goal THEN name END)) AS d (dimension, value)
    WHERE NOT by_session AND NOT by_path
)
SELECT dimension, value, string_agg(substr(uuid_send(visitor), 1, 8), '') AS visitors
FROM cell
WHERE value IS NOT NULL
GROUP BY dimension, value
ORDER BY dimension, value
