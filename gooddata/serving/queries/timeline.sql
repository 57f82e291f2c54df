-- What happened, in order, in session $3 of visitor $2 of project $1?
SELECT (extract(epoch FROM timestamp) * 1000)::bigint AS t, type, name, path
FROM analytics.event
WHERE project_id = $1 AND visitor = $2 AND session_id = $3
ORDER BY timestamp, event_id
LIMIT 1000
