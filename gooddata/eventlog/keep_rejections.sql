-- Keeps events that were refused, with the reason, while their project has brought no more than $7 bytes of such today.
-- The upsert holds a project's row until the commit, so that two writers never spend the same bytes.
WITH refused AS (
    SELECT n.*, octet_length(n.body) + coalesce(octet_length(n.context), 0) + 100 AS bytes  -- 100: of the row itself
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $8::bytea[]) WITH ORDINALITY
         AS n (project_id, event_id, field, reason, body, context, place)
), usage AS (
    INSERT INTO raw.rejection_usage AS u (project_id, day, bytes)
    SELECT project_id, ($1 AT TIME ZONE 'UTC')::date, sum(bytes) FROM refused GROUP BY project_id ORDER BY project_id
    ON CONFLICT (project_id, day) DO UPDATE SET bytes = u.bytes + excluded.bytes
    RETURNING project_id, bytes
), counted AS (
    -- What a project had brought when this event came: what it has now, less what came after the event.
    SELECT r.*, u.bytes - coalesce(sum(r.bytes) OVER (
        PARTITION BY r.project_id ORDER BY r.place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS brought
    FROM refused r JOIN usage u USING (project_id)
)
INSERT INTO raw.rejection (project_id, received_at, event_id, field, reason, body, context)
SELECT project_id, $1, event_id, field, reason, body, context FROM counted WHERE brought <= $7 ORDER BY place
