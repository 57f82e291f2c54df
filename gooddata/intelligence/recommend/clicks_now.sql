-- The first $5 events about items of sessions $3, which run now, of visitors $2 of project $1. Items are pages, if $4, and
-- else products, with what was ordered. A session lasts 24 hours at most.
SELECT v.place, c.*
FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS v (visitor, session_id, place)
CROSS JOIN LATERAL (
    SELECT CASE WHEN $4 THEN path ELSE product END AS item, category, name
    FROM analytics.event
    WHERE project_id = $1 AND visitor = v.visitor AND timestamp >= now() - interval '25 hours'
      AND session_id = v.session_id AND NOT automated
      AND CASE WHEN $4 THEN type IN ('page', 'screen') ELSE product IS NOT NULL OR name = 'Order Completed' END
    ORDER BY timestamp, event_id
    LIMIT $5
) c
ORDER BY v.place
