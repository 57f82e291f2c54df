-- Which version of every task of project $1 is in use, and which is the newest that is not, and why; how good are they?
SELECT task, version, role, status, reason, trained_at, trained_on, features, metrics, decided_because
FROM analytics.model
WHERE project_id = $1 AND role IN ('champion', 'challenger')
ORDER BY task NOT IN ('conversion', 'leave_30s', 'leave_page'), task, version DESC
