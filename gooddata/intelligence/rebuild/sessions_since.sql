-- Which sessions, of project $1 or of all, went on at time $2 or later?
SELECT project_id, visitor, started_at, last_at FROM analytics.session
WHERE last_at >= $2 AND ($1::text IS NULL OR project_id = $1)
