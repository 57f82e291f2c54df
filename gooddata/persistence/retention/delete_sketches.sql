-- Deletes the unique counts of project $1 (null: of all) from before $2, with their sketches.
WITH days AS (
    DELETE FROM analytics.unique_day
    WHERE day < $2 AND ($1::text IS NULL OR project_id = $1)
)
DELETE FROM analytics.unique_hour
WHERE hour < $2 AND ($1::text IS NULL OR project_id = $1)
