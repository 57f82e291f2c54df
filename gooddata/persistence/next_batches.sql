-- Which $3 batches of partition $1 follow position $2?
SELECT seq, body FROM raw.batch WHERE partition = $1 AND seq > $2 ORDER BY seq LIMIT $3
