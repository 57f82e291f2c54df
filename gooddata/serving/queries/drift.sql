-- How far are the newest sessions of project $1 from those that each model in use has learned from?
SELECT task, model_version, computed_at, since, sessions, reason, drifted, features
FROM analytics.drift
WHERE project_id = $1
