-- Which of partitions $1, leased with epochs $2, stood at positions $3 and now stand at $4, caught up to times $5?
UPDATE analytics.cursor c
SET seq = moved.upto, caught_up_at = moved.caught_up_at
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[])
     AS moved (partition, epoch, seq, upto, caught_up_at)
WHERE c.partition = moved.partition AND c.epoch = moved.epoch AND c.seq = moved.seq
RETURNING c.partition
