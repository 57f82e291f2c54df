-- Who is a member of which group, since when (epoch ms)? One array per column, ordered by key.
INSERT INTO analytics.membership AS m (project_id, "group", member, since, event_id, member_is)
SELECT project_id, "group", member, to_timestamp(since / 1000), event_id, member_is
FROM unnest(
    $1::text::text[], $2::text::uuid[], $3::text::uuid[], $4::text::double precision[], $5::text::uuid[],
    $6::text::text[]
) AS put (project_id, "group", member, since, event_id, member_is)
ON CONFLICT (project_id, "group", member) DO UPDATE
SET since = excluded.since, event_id = excluded.event_id
WHERE (excluded.since, excluded.event_id) < (m.since, m.event_id)
