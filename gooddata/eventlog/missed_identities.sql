-- Which identities did other writers append to partition $1 after position $2, no earlier than $3? Those of $4 batches.
SELECT seq, received_at, fingerprints
FROM raw.batch
WHERE partition = $1 AND seq > $2 AND received_at >= $3
ORDER BY seq
LIMIT $4
