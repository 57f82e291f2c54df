-- Stores a model of task $2 of project $1 as its next version, or in place of one that had too little data to be judged.
WITH newest AS (
    SELECT version, status = 'abstaining' AND NOT metrics ? 'sessions_train' AS lacked_data
    FROM analytics.model
    WHERE project_id = $1 AND task = $2
    ORDER BY version DESC
    LIMIT 1
)
INSERT INTO analytics.model AS m (
    project_id, task, version, status, reason, trained_on, features, metrics, estimator, role, decided_because,
    learned_from, learned_until, profile, described
)
SELECT
    $1, $2,
    coalesce((SELECT CASE WHEN lacked_data THEN version ELSE version + 1 END FROM newest), 1),
    $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10,
    to_timestamp($11::double precision / 1000), to_timestamp($12::double precision / 1000), $13::text::jsonb,
    $14::text::jsonb
ON CONFLICT (project_id, task, version) DO UPDATE SET
    status = excluded.status,
    reason = excluded.reason,
    trained_at = now(),
    trained_on = excluded.trained_on,
    features = excluded.features,
    metrics = excluded.metrics,
    estimator = excluded.estimator,
    role = excluded.role,
    decided_because = excluded.decided_because,
    learned_from = excluded.learned_from,
    learned_until = excluded.learned_until,
    erased_since = NULL,
    profile = excluded.profile,
    described = excluded.described
RETURNING version
