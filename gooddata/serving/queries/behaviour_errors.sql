-- On which pages of project $1 did scripts fail from $2 to $3? The $4 with most errors, of sessions `of` of which [passing]
-- holds; `pages` says how many there are, and `all_` of all of them.
WITH told AS MATERIALIZED (
    SELECT path, session_id, timestamp
    FROM analytics.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 AND name = '$error'
), passing AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, min(timestamp) AS at FROM told GROUP BY session_id) AS of
    WHERE [passing]
)
SELECT path AS page, count(*) AS errors, count(DISTINCT session_id) AS sessions, count(*) OVER () AS pages,
       (sum(count(*)) OVER ())::bigint AS all_errors, (SELECT count(*) FROM passing) AS all_sessions
FROM told
WHERE session_id IN (SELECT session_id FROM passing)
GROUP BY path
ORDER BY errors DESC, page
LIMIT $4
