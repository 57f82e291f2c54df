-- Which is the newest model of every task of every project?
SELECT DISTINCT ON (project_id, task) project_id, task, version, trained_at
FROM analytics.model
ORDER BY project_id, task, version DESC
