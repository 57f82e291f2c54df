-- Tells those who listen for scores, once this transaction commits, in messages $1.
SELECT pg_notify('gooddata_score', message) FROM unnest($1::text[]) AS message
