-- How many batches has each partition, how many of them have the workers applied, who stand at positions $2 of partitions
-- $1, and for how long has the oldest other one waited? They had come to what was received at times $3.
-- Of a log on NATS, which has gaps between positions, sequence numbers are shown, and batches counted.
SELECT p.partition, p.head & (1::bigint << 40) - 1 AS head, coalesce(c.seq, 0) & (1::bigint << 40) - 1 AS applied,
       CASE WHEN p.head < 1::bigint << 40 THEN p.head - coalesce(c.seq, 0) ELSE (
           SELECT count(*) FROM raw.batch b WHERE b.partition = p.partition AND b.seq > coalesce(c.seq, 0)
       ) END AS behind,
       extract(epoch FROM now() - w.received_at) * 1000 AS lag_ms
FROM raw.partition p
LEFT JOIN unnest($1::smallint[], $2::bigint[], $3::timestamptz[]) AS c (partition, seq, caught_up_at) USING (partition)
LEFT JOIN LATERAL (
    SELECT b.received_at FROM raw.batch b
    WHERE b.partition = p.partition AND b.seq > coalesce(c.seq, 0)
      AND b.received_at >= coalesce(c.caught_up_at - interval '1 hour', '-infinity')
    ORDER BY b.seq
    LIMIT 1
) w ON true
ORDER BY p.partition
