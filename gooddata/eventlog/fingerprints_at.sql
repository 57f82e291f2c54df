-- Which identities are in the batch at position $2 of partition $1?
SELECT fingerprints FROM raw.batch WHERE partition = $1 AND seq = $2
