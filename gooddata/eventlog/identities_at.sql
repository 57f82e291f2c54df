-- Which identities are in the batch at position $2 of partition $1, and when was it received?
SELECT seq, received_at, fingerprints FROM raw.batch WHERE partition = $1 AND seq = $2
