-- The newest $4 events about items of visitor $2 of project $1, in order, each with its session. Items are pages, if $3, and
-- else products, with what was ordered.
SELECT session_id, item, category, name
FROM (
    SELECT session_id, CASE WHEN $3 THEN path ELSE product END AS item, category, name, timestamp, event_id
    FROM analytics.event
    WHERE project_id = $1 AND visitor = $2 AND NOT automated
      AND CASE WHEN $3 THEN type IN ('page', 'screen') ELSE product IS NOT NULL OR name = 'Order Completed' END
    ORDER BY timestamp DESC, event_id DESC
    LIMIT $4
) c
ORDER BY timestamp, event_id
