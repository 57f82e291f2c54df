-- Takes away sessions $2 of projects $1, which a recount has joined to others, and what was said of them.
WITH gone AS (
    SELECT * FROM unnest($1::text::text[], $2::text::uuid[]) AS gone (project_id, session_id)
), unscored AS (
    DELETE FROM analytics.score s USING gone
    WHERE s.project_id = gone.project_id AND s.session_id = gone.session_id
), untold AS (
    DELETE FROM analytics.scored_moment m USING gone
    WHERE m.project_id = gone.project_id AND m.session_id = gone.session_id
), unwatched AS (
    DELETE FROM analytics.automation a USING gone
    WHERE a.project_id = gone.project_id AND a.session_id = gone.session_id
)
DELETE FROM analytics.session s USING gone
WHERE s.project_id = gone.project_id AND s.session_id = gone.session_id
