-- Deletes what was said of sessions of project $1 (null: of all) from before $2: they are gone. Scores are told by when
-- they were computed.
WITH automation AS (
    DELETE FROM analytics.automation WHERE started_at < $2 AND ($1::text IS NULL OR project_id = $1)
), told AS (
    DELETE FROM analytics.scored_moment WHERE at < $2 AND ($1::text IS NULL OR project_id = $1)
)
DELETE FROM analytics.score WHERE computed_at < $2 AND ($1::text IS NULL OR project_id = $1)
