-- Which version of every task of project $1 that is a probability is in use, and which is the newest that is not, and why; how
-- good are they? What standing jobs have learned is told where it is used.
SELECT task, version, role, status, reason, trained_at, trained_on, features, metrics, decided_because
FROM analytics.model
WHERE project_id = $1 AND role IN ('champion', 'challenger')
  AND task NOT IN ('automation', 'segments', 'recommendations', 'return_7d', 'churn_30d')
ORDER BY task, version DESC
