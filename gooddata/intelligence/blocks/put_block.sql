-- The block of hour $2 (epoch seconds) of project $1 is $4, of $3 events.
INSERT INTO analytics.block (project_id, hour, events, body)
VALUES ($1, to_timestamp($2::double precision), $3, $4)
ON CONFLICT (project_id, hour) DO UPDATE SET events = excluded.events, body = excluded.body, version = DEFAULT
