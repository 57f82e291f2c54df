-- On which pages do sessions begin, or end, from $2 to $3?
SELECT path AS value, count(*) AS sessions, count(DISTINCT visitor) AS visitors
FROM (
    SELECT DISTINCT ON (session_id) session_id, visitor, path
    FROM plain.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 AND type = 'page' {filters}
    ORDER BY session_id, timestamp {order}
) s
GROUP BY 1
ORDER BY 2 DESC
LIMIT 10
