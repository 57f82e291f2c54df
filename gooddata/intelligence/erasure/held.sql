-- What is held of sessions $2, visitors $3 and users $4 of project $1? Each row as JSON, with its table's name.
SELECT 'analytics.event' AS "table", to_jsonb(e)::text AS row FROM analytics.event e
WHERE project_id = $1 AND visitor IN (SELECT visitor FROM analytics.session WHERE project_id = $1 AND session_id = ANY ($2::uuid[]))
  AND session_id = ANY ($2::uuid[])
UNION ALL
SELECT 'analytics.session', to_jsonb(s)::text FROM analytics.session s
WHERE project_id = $1 AND session_id = ANY ($2::uuid[])
UNION ALL
SELECT 'analytics.score', to_jsonb(s)::text FROM analytics.score s
WHERE project_id = $1 AND session_id = ANY ($2::uuid[])
UNION ALL
SELECT 'analytics.scored_moment', to_jsonb(s)::text FROM analytics.scored_moment s
WHERE project_id = $1 AND session_id = ANY ($2::uuid[])
UNION ALL
SELECT 'analytics.automation', to_jsonb(a)::text FROM analytics.automation a
WHERE project_id = $1 AND session_id = ANY ($2::uuid[])
UNION ALL
SELECT 'analytics.segment_member', to_jsonb(m)::text FROM analytics.segment_member m
WHERE project_id = $1 AND visitor = ANY ($3::uuid[])
UNION ALL
SELECT 'analytics.visitor_score', to_jsonb(s)::text FROM analytics.visitor_score s
WHERE project_id = $1 AND visitor = ANY ($3::uuid[])
UNION ALL
SELECT 'analytics.identity_link', to_jsonb(l)::text FROM analytics.identity_link l
WHERE project_id = $1 AND (visitor = ANY ($3::uuid[]) OR "user" = ANY ($4::uuid[]))
UNION ALL
SELECT 'analytics.membership', to_jsonb(m)::text FROM analytics.membership m
WHERE project_id = $1 AND member = ANY ($3::uuid[] || $4::uuid[])
