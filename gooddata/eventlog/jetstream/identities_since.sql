-- Which identities were received at $1 or later?
SELECT partition, received_at, fingerprints FROM raw.batch WHERE received_at >= $1 AND fingerprints <> '' ORDER BY partition, seq
