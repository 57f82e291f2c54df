-- What do sessions look at after page $4, three pages on, from $2 to $3?
WITH viewed AS (
    SELECT session_id, path, lead(path, 1) OVER w AS one, lead(path, 2) OVER w AS two, lead(path, 3) OVER w AS three,
           row_number() OVER (PARTITION BY session_id, path ORDER BY timestamp) AS time
    FROM plain.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 AND type = 'page' {filters}
    WINDOW w AS (PARTITION BY session_id ORDER BY timestamp)
)
SELECT one, two, three, count(*) AS sessions
FROM viewed
WHERE path = $4 AND time = 1
GROUP BY GROUPING SETS ((one), (one, two), (one, two, three))
ORDER BY 4 DESC
LIMIT 100
