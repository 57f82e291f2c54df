-- Which are the newest $3 batches of partition $1 before position $2?
SELECT seq, received_at, body FROM raw.batch WHERE partition = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3
