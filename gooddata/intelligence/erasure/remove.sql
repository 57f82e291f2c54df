-- Takes away the sessions $2 of project $1, with their scores; how many of each.
WITH scores AS (
    DELETE FROM analytics.score WHERE project_id = $1 AND session_id = ANY ($2::uuid[]) RETURNING 1
), told AS (
    DELETE FROM analytics.scored_moment WHERE project_id = $1 AND session_id = ANY ($2::uuid[])
), sessions AS (
    DELETE FROM analytics.session WHERE project_id = $1 AND session_id = ANY ($2::uuid[]) RETURNING 1
)
SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM scores) AS scores
