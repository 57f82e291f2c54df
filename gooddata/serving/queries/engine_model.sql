-- The newest model of project $1 that browsers may evaluate.
SELECT version, vector_version, trained_on, metrics ->> 'log_loss' AS log_loss, model::text AS model
FROM analytics.engine_model
WHERE project_id = $1 AND status = 'ready'
ORDER BY version DESC
LIMIT 1
