-- Waits until no owner is deciding on identities of projects $1, and makes owners wait until this transaction ends.
SELECT pg_advisory_xact_lock_shared(hashtextextended('identities of ' || project_id, 0))
FROM unnest($1::text[]) AS project_id
