-- The models of project $1 are to be trained again, if it has any. How many tasks have one?
WITH trained AS (
    SELECT task FROM analytics.model WHERE project_id = $1 AND status = 'ready' GROUP BY task
    UNION ALL
    SELECT 'intent' FROM analytics.engine_model WHERE project_id = $1 AND status = 'ready' GROUP BY 1
), marked AS (
    INSERT INTO analytics.retrain (project_id) SELECT $1 WHERE EXISTS (SELECT FROM trained)
    ON CONFLICT (project_id) DO UPDATE SET since = excluded.since
)
SELECT count(*) FROM trained
