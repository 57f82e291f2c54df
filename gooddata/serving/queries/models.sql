-- What is the newest model of every task of project $1, and how good is it?
SELECT DISTINCT ON (task) task, version, status, reason, trained_at, trained_on, features, metrics
FROM analytics.model
WHERE project_id = $1
ORDER BY task, version DESC
