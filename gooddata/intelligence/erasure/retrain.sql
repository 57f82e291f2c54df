-- The models of project $1 are to be trained again, if it has any: sessions that began at times $2 are erased. Versions that
-- may have learned from them are marked, and a training that has read them and is still at it stores nothing. How many
-- tasks have a model?
WITH trained AS (
    SELECT task FROM analytics.model WHERE project_id = $1 AND status = 'ready' GROUP BY task
), marked AS (
    INSERT INTO analytics.retrain (project_id) SELECT $1 WHERE EXISTS (SELECT FROM trained)
    ON CONFLICT (project_id) DO UPDATE SET since = excluded.since
), counted AS (
    INSERT INTO analytics.training AS t (project_id, erasures) VALUES ($1, 1)
    ON CONFLICT (project_id) DO UPDATE SET erasures = t.erasures + 1
), known AS (
    UPDATE analytics.model SET erased_since = now()
    WHERE project_id = $1 AND status = 'ready' AND erased_since IS NULL AND EXISTS (
        SELECT FROM unnest($2::timestamptz[]) AS began
        WHERE began BETWEEN coalesce(learned_from, '-infinity') AND coalesce(learned_until, 'infinity')
    )
)
SELECT count(*) FROM trained
