-- Which model of project $1 may browsers evaluate?
SELECT version, vector_version, trained_on, metrics ->> 'log_loss' AS log_loss, model::text AS model
FROM analytics.engine_model
WHERE project_id = $1
