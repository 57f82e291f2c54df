-- Deletes what was refused of project $1 (null: of all) before $2, and what was counted of it; how many events?
WITH events AS (
    DELETE FROM raw.rejection WHERE received_at < $2 AND ($1::text IS NULL OR project_id = $1) RETURNING 1
), usage AS (
    DELETE FROM raw.rejection_usage
    WHERE day < ($2 AT TIME ZONE 'UTC')::date AND ($1::text IS NULL OR project_id = $1)
), violations AS (
    DELETE FROM raw.plan_violation WHERE last_at < $2 AND ($1::text IS NULL OR project_id = $1)
)
SELECT count(*) FROM events
