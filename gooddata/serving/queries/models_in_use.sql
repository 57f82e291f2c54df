-- How many models are in use of each task, over all projects, ready or abstaining, and how old (seconds) is the oldest?
SELECT task, status, count(*) AS models, extract(epoch FROM now() - min(trained_at))::float8 AS age
FROM analytics.model
WHERE role = 'champion'
GROUP BY task, status
ORDER BY task, status
