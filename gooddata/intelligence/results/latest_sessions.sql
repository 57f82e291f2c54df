-- What is the latest session of each of visitors $2 of projects $1 that had one before?
SELECT v.place, s.session_id, s.started_at, s.last_at, s.goals
FROM unnest($1::text::text[], $2::text::uuid[]) WITH ORDINALITY AS v (project_id, visitor, place)
CROSS JOIN LATERAL (
    SELECT session_id, started_at, last_at, goals
    FROM analytics.session
    WHERE project_id = v.project_id AND visitor = v.visitor
    ORDER BY started_at DESC
    LIMIT 1
) s
