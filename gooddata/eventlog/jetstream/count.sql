-- Adds to the ledger of projects $1 and hours $2: by outcomes $3 and reasons $4, so many events, $5.
INSERT INTO raw.ledger AS kept (project_id, hour, outcome, reason, events)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[])
ON CONFLICT (project_id, hour, outcome, reason) DO UPDATE SET events = kept.events + excluded.events
