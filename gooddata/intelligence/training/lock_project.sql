-- Until this transaction ends, nobody else trains project $1.
SELECT pg_advisory_xact_lock(7013047, hashtext($1))
