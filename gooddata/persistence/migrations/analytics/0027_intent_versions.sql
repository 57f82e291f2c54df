-- The model of intent is a version of analytics.model as every other: in use, or a challenger that has not taken its
-- place. What browsers get is the one in use.
INSERT INTO analytics.model (
    project_id, task, version, status, reason, trained_at, trained_on, features, metrics, estimator, role,
    decided_because, learned_until
)
SELECT
    e.project_id, 'intent', e.version, CASE WHEN e.model IS NULL THEN 'abstaining' ELSE 'ready' END, e.reason, e.trained_at,
    e.trained_on, '{}', e.metrics || jsonb_build_object('vector_version', e.vector_version),
    convert_to(e.model::text, 'UTF8'),
    CASE WHEN e.version = newest.in_use THEN 'champion' WHEN e.version = newest.version THEN 'challenger' ELSE 'former' END,
    CASE WHEN e.version = newest.in_use THEN 'it was in use before models were compared'
        WHEN e.version = newest.version THEN 'it abstains: ' || coalesce(e.reason, '') END,
    e.trained_at
FROM analytics.engine_model e
JOIN (
    SELECT project_id, max(version) AS version, coalesce(max(version) FILTER (WHERE model IS NOT NULL), max(version)) AS in_use
    FROM analytics.engine_model
    GROUP BY project_id
) newest USING (project_id);

DROP TABLE analytics.engine_model;
CREATE VIEW analytics.engine_model AS
SELECT project_id, version, trained_at, status, trained_on, (metrics ->> 'vector_version')::integer AS vector_version,
       metrics, convert_from(estimator, 'UTF8')::jsonb AS model
FROM analytics.model
WHERE task = 'intent' AND role = 'champion' AND status = 'ready';
GRANT SELECT ON analytics.engine_model TO gooddata_dashboard;
