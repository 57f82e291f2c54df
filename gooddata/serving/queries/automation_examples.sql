-- Which sessions of project $1 that began at $2 or later are surest to be programs that do not say so? $3 of them.
SELECT session_id AS session, visitor, (extract(epoch FROM started_at) * 1000)::bigint AS started_at, score, reasons
FROM analytics.automation
WHERE project_id = $1 AND started_at >= $2 AND likely AND NOT declared
ORDER BY score DESC, started_at DESC, session_id
LIMIT $3
