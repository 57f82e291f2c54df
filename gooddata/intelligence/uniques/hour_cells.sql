-- Which visitors had an event in the hour from $2 on in project $1: of everything, and of each value of each dimension?
-- Page, event and goal are the events' own; the other dimensions are credited to the session, as in sessions/rollup.py.
-- Rows of the same cell come one after another. Of each visitor the first eight bytes, one after another, as often as they come: sketches tell them apart at less cost.
-- (Nothing but the time is to find the events: by the index of visitors they would be read in disorder.)
WITH own AS (
    SELECT
        path, name, goal, grouping(path) = 0 AS by_path,
        string_agg(substr(uuid_send(visitor), 1, 8), '') AS visitors
    FROM (
        SELECT visitor, path, coalesce(nullif(name, ''), type) AS name, goal
        FROM analytics.event
        WHERE project_id || '' = $1 AND timestamp >= $2 AND timestamp < $2::timestamptz + interval '1 hour'
    ) e
    GROUP BY GROUPING SETS ((path), (name, goal))
), visited AS (
    SELECT seen.visitor, s.session_id, s.source, s.campaign, s.device, s.browser, s.country
    FROM (
        SELECT DISTINCT session_id, visitor
        FROM analytics.event
        WHERE project_id || '' = $1 AND timestamp >= $2 AND timestamp < $2::timestamptz + interval '1 hour'
    ) seen
    LEFT JOIN LATERAL (
        SELECT * FROM analytics.session
        WHERE project_id = $1 AND session_id = seen.session_id
          AND started_at >= $2::timestamptz - interval '24 hours' AND started_at < $2::timestamptz + interval '1 hour'
        LIMIT 1
    ) s ON true
), cell AS (
    SELECT d.dimension, d.value, string_agg(substr(uuid_send(visitor), 1, 8), '') AS visitors
    FROM visited
    CROSS JOIN LATERAL (VALUES
        ('', ''),
        ('source', CASE WHEN session_id IS NOT NULL THEN coalesce(nullif(source, ''), 'direct') END),
        ('campaign', campaign),
        ('device', CASE WHEN session_id IS NOT NULL THEN coalesce(nullif(device, ''), 'unknown') END),
        ('browser', CASE WHEN session_id IS NOT NULL THEN coalesce(nullif(browser, ''), 'unknown') END),
        ('country', country)
    ) AS d (dimension, value)
    WHERE d.value IS NOT NULL
    GROUP BY 1, 2
    UNION ALL
    SELECT 'page', path, visitors FROM own WHERE by_path AND path IS NOT NULL
    UNION ALL
    SELECT 'goal', name, visitors FROM own WHERE NOT by_path AND goal
    UNION ALL
    SELECT 'event', name, visitors FROM own WHERE NOT by_path
)
SELECT dimension, value, visitors FROM cell ORDER BY dimension, value
