-- Which is the newest model of each of tasks $1 of every project?
SELECT DISTINCT ON (project_id, task) project_id, task, version, trained_at
FROM analytics.model
WHERE task = ANY ($1::text[])
ORDER BY project_id, task, version DESC
