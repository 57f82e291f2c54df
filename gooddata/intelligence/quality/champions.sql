-- Which models of tasks $2 of project $1 are in use and can score, what were their features like, and when did somebody last
-- look whether that has changed since (null: never, of this version)?
SELECT m.task, m.version, m.trained_on, m.learned_until, m.profile, m.estimator, d.computed_at
FROM analytics.model m
LEFT JOIN analytics.drift d ON d.project_id = m.project_id AND d.task = m.task AND d.model_version = m.version
WHERE m.project_id = $1 AND m.task = ANY ($2::text[]) AND m.role = 'champion' AND m.status = 'ready'
