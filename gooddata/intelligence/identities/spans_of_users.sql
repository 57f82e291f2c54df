-- From when to when were visitors those of users $2 of project $1? (OFFSET 0 has the view asked visitor by visitor.)
SELECT s.visitor, s."user", s.person, s.since, s.until, s.event_id, s.type, s.visitor_shared, s.user_shared
FROM (
    SELECT DISTINCT visitor FROM analytics.identity_link WHERE project_id = $1 AND "user" = ANY($2::uuid[])
) v
CROSS JOIN LATERAL (
    SELECT * FROM analytics.person_span p WHERE p.project_id = $1 AND p.visitor = v.visitor OFFSET 0
) s
WHERE s."user" = ANY($2::uuid[])
ORDER BY s.since NULLS FIRST, s.visitor
