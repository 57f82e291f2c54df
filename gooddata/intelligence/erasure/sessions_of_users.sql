-- Which sessions of visitors $2 of project $1 belong to users $3, or name one of them?
SELECT s.visitor, s.started_at, s.last_at
FROM analytics.session s
WHERE s.project_id = $1 AND s.visitor = ANY ($2::uuid[]) AND (
    analytics.person($1, s.visitor, s.last_at) = ANY ($3::uuid[])
    OR EXISTS (
        SELECT FROM analytics.event e
        WHERE e.project_id = $1 AND e.visitor = s.visitor AND e.session_id = s.session_id AND e."user" = ANY ($3::uuid[])
    )
)
ORDER BY s.visitor, s.started_at
