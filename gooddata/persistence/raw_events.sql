-- Which are the newest $5 raw events of project $1, of visitor $2 (in batches marked $3), received since $4?
-- The bodies of batches without the visitor's mark are not opened.
SELECT * FROM (
    SELECT e.id, e.message_id, e.project_id, e.type, e.name, e.visitor, e."user", e.session, e.timestamp, e.received_at,
           e.properties, e.context, e.vector, e.batch_id
    FROM raw.events e
    WHERE ($1::text IS NULL OR e.project_id = $1) AND ($2::text IS NULL OR e.visitor = $2)
      AND ($4::timestamptz IS NULL OR e.received_at >= $4)
      AND ($3::int IS NULL OR e.batch_id IN (SELECT partition || '-' || seq FROM raw.batch WHERE visitors @> ARRAY[$3::int]))
    ORDER BY e.received_at DESC, e.timestamp DESC
    LIMIT $5
) newest
ORDER BY received_at, timestamp
