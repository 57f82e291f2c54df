-- Takes away sessions $2 of projects $1, which a recount has joined to others, and their scores.
WITH gone AS (
    SELECT * FROM unnest($1::text::text[], $2::text::uuid[]) AS gone (project_id, session_id)
), unscored AS (
    DELETE FROM analytics.score s USING gone
    WHERE s.project_id = gone.project_id AND s.session_id = gone.session_id
)
DELETE FROM analytics.session s USING gone
WHERE s.project_id = gone.project_id AND s.session_id = gone.session_id
