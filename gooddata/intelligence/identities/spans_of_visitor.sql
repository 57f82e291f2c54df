-- Whose was visitor $2 of project $1, from when to when?
SELECT visitor, "user", person, since, until, event_id, type, visitor_shared, user_shared
FROM analytics.person_span
WHERE project_id = $1 AND visitor = $2
ORDER BY since NULLS FIRST
