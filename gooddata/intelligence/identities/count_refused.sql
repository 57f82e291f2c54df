-- How many more events of projects $1 had in fields $2 the values $3, which name nobody? Ordered by key.
INSERT INTO analytics.identity_refused AS r (project_id, field, value, events)
SELECT * FROM unnest($1::text::text[], $2::text::text[], $3::text::text[], $4::text::bigint[])
ON CONFLICT (project_id, field, value) DO UPDATE SET events = r.events + excluded.events
