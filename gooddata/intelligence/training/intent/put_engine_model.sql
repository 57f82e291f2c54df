-- Stores an engine model of project $1 as its next version, or in place of one that abstained.
WITH newest AS (
    SELECT version, status FROM analytics.engine_model WHERE project_id = $1 ORDER BY version DESC LIMIT 1
)
INSERT INTO analytics.engine_model AS m (
    project_id, version, status, reason, trained_on, vector_version, metrics, model
)
SELECT
    $1,
    coalesce((SELECT CASE WHEN status = 'abstaining' THEN version ELSE version + 1 END FROM newest), 1),
    $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb
ON CONFLICT (project_id, version) DO UPDATE SET
    status = excluded.status,
    reason = excluded.reason,
    trained_at = now(),
    trained_on = excluded.trained_on,
    vector_version = excluded.vector_version,
    metrics = excluded.metrics,
    model = excluded.model
RETURNING version
