-- How many sessions of project $1 are there to learn from, and how many of them converted?
SELECT count(*) AS sessions, count(*) FILTER (WHERE goals > 0) AS conversions
FROM analytics.session
WHERE project_id = $1 AND NOT automated AND last_at < now() - interval '30 minutes'
