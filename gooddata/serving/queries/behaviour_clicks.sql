-- Where on its pages did people of project $1, from $2 to $3, click in rage or in vain, or shake the mouse? The $4 places
-- with most of it, of sessions `of` of which [passing] holds; `places` says how many there are, and `all_` of all of them.
WITH told AS MATERIALIZED (
    SELECT name, path, properties ->> 'element' AS element, properties ->> 'role' AS role, session_id, timestamp
    FROM analytics.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3
      AND name IN ('$rage_click', '$dead_click', '$cursor_thrash')
), passing AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, min(timestamp) AS at FROM told GROUP BY session_id) AS of
    WHERE [passing]
), place AS (
    SELECT path AS page, element, role, count(*) AS times,
           count(*) FILTER (WHERE name = '$rage_click') AS rage,
           count(*) FILTER (WHERE name = '$dead_click') AS dead,
           count(*) FILTER (WHERE name = '$cursor_thrash') AS thrash,
           count(DISTINCT session_id) AS sessions
    FROM told
    WHERE session_id IN (SELECT session_id FROM passing)
    GROUP BY path, element, role
)
SELECT page, element, role, rage, dead, thrash, sessions, count(*) OVER () AS places,
       (sum(rage) OVER ())::bigint AS all_rage, (sum(dead) OVER ())::bigint AS all_dead,
       (sum(thrash) OVER ())::bigint AS all_thrash, (SELECT count(*) FROM passing) AS all_sessions
FROM place
ORDER BY times DESC, page, element, role
LIMIT $4
