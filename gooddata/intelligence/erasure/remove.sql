-- Takes away the sessions $2 of project $1, of visitors $3, with their events and scores; how many of each.
WITH events AS (
    DELETE FROM analytics.event
    WHERE project_id = $1 AND visitor = ANY ($3::uuid[]) AND session_id = ANY ($2::uuid[]) RETURNING 1
), scores AS (
    DELETE FROM analytics.score WHERE project_id = $1 AND session_id = ANY ($2::uuid[]) RETURNING 1
), sessions AS (
    DELETE FROM analytics.session WHERE project_id = $1 AND session_id = ANY ($2::uuid[]) RETURNING 1
)
SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM sessions) AS sessions,
       (SELECT count(*) FROM scores) AS scores
