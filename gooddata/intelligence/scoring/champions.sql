-- Which model of each of tasks $1 is in use, of every project?
SELECT project_id, task, version, trained_at
FROM analytics.model
WHERE task = ANY ($1::text[]) AND role = 'champion'
