-- Which are the newest $4 batches of partition $1 before position $2 that may hold a visitor marked $3?
SELECT seq, received_at, body FROM raw.batch
WHERE partition = $1 AND seq < $2 AND visitors @> ARRAY[$3::integer]
ORDER BY seq DESC LIMIT $4
