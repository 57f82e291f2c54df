-- What is the weightiest reason, for how many of the likely sessions of project $1 that began at $2 or later?
SELECT reasons -> 0 ->> 'name' AS name, count(*) AS sessions
FROM analytics.automation
WHERE project_id = $1 AND started_at >= $2 AND likely AND NOT declared
GROUP BY 1
ORDER BY 2 DESC, 1
