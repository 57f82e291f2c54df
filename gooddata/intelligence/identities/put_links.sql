-- Which users were seen with which visitors? One array per column, ordered by key; times are epoch milliseconds. Signs
-- that are known are left alone, since even an update that changes nothing would lock their rows.
INSERT INTO analytics.identity_link AS l (
    project_id, visitor, "user", alias, slot, seen_at, event_id, type, previous
)
SELECT *
FROM (
    SELECT project_id, visitor, "user", alias, to_timestamp(slot / 1000) AS slot, to_timestamp(seen_at / 1000) AS seen_at,
           event_id, type, previous
    FROM unnest(
        $1::text::text[], $2::text::uuid[], $3::text::uuid[], $4::text::boolean[], $5::text::double precision[],
        $6::text::double precision[], $7::text::uuid[], $8::text::text[], $9::text::uuid[]
    ) AS put (project_id, visitor, "user", alias, slot, seen_at, event_id, type, previous)
) put
WHERE NOT EXISTS (
    SELECT FROM analytics.identity_link k
    WHERE k.project_id = put.project_id AND k.visitor = put.visitor AND k."user" = put."user" AND k.alias = put.alias
      AND k.slot = put.slot AND (k.seen_at, k.event_id) <= (put.seen_at, put.event_id)
)
ORDER BY project_id, visitor, "user", alias, slot
ON CONFLICT (project_id, visitor, "user", alias, slot) DO UPDATE
SET seen_at = excluded.seen_at, event_id = excluded.event_id, type = excluded.type, previous = excluded.previous
WHERE (excluded.seen_at, excluded.event_id) < (l.seen_at, l.event_id)
