-- What is version $3 of the model of task $2 of project $1?
SELECT version, status, reason, trained_on, metrics, estimator
FROM analytics.model
WHERE project_id = $1 AND task = $2 AND version = $3
