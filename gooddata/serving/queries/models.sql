-- What is the newest model of every task of project $1 that is a probability, and how good is it? What standing jobs have
-- learned is told where it is used.
SELECT DISTINCT ON (task) task, version, status, reason, trained_at, trained_on, features, metrics
FROM analytics.model
WHERE project_id = $1 AND task NOT IN ('automation', 'segments', 'recommendations', 'return_7d', 'churn_30d')
ORDER BY task, version DESC
