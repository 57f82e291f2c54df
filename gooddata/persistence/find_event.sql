-- Which are the newest $4 batches of partition $1 before position $2? With its body that in which text $3 stands.
SELECT seq, received_at, CASE WHEN position($3::bytea IN body) > 0 THEN body END AS body
FROM raw.batch
WHERE partition = $1 AND seq < $2
ORDER BY seq DESC
LIMIT $4
