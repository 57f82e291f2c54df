-- Which is the last batch of partition $1 before the first that was received at $2 or later?
SELECT coalesce(
    (SELECT min(seq) - 1 FROM raw.batch WHERE partition = $1 AND received_at >= $2),
    (SELECT head FROM raw.partition WHERE partition = $1)
)
