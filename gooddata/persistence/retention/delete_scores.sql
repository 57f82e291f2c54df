-- Deletes the scores of project $1 (null: of all) that were computed before $2: their sessions are gone.
DELETE FROM analytics.score WHERE computed_at < $2 AND ($1::text IS NULL OR project_id = $1)
