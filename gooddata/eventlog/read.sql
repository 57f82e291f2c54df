-- Which batches of partition $1 come after position $2 and were received at $4 or later? At most $3 of them, in order.
SELECT partition, seq, received_at, events, body
FROM raw.batch
WHERE partition = $1 AND seq > $2 AND received_at >= $4
ORDER BY seq
LIMIT $3
