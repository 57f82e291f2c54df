-- Adds counts to the ledger; callers pass them sorted, so that two writers never wait for each other in a circle.
INSERT INTO raw.ledger AS kept (project_id, hour, outcome, reason, events)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[])
ON CONFLICT (project_id, hour, outcome, reason) DO UPDATE SET events = kept.events + excluded.events
