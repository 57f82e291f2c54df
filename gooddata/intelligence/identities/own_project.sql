-- Waits until no worker is writing identities of project $1, and makes workers wait until this transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('identities of ' || $1::text, 0))
