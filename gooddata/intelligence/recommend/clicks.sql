-- The first $6 events about items of each of these sessions of project $1: of visitors $2, from times $3 to times $4. Items
-- are pages, if $5, and else products, with what was ordered.
SELECT v.place, c.*
FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS v (visitor, since, until, place)
CROSS JOIN LATERAL (
    SELECT CASE WHEN $5 THEN path ELSE product END AS item, category, name
    FROM analytics.event
    WHERE project_id = $1 AND visitor = v.visitor AND timestamp BETWEEN v.since AND v.until
      AND CASE WHEN $5 THEN type IN ('page', 'screen') ELSE product IS NOT NULL OR name = 'Order Completed' END
    ORDER BY timestamp, event_id
    LIMIT $6
) c
ORDER BY v.place
