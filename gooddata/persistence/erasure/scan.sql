-- Which $3 batches come after batch $2 of partition $1, in the order of the log?
SELECT partition, seq, body FROM raw.batch WHERE (partition, seq) > ($1::smallint, $2::bigint) ORDER BY partition, seq LIMIT $3
