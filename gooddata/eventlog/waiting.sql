-- How many batches has each partition, and how many of them, the oldest received when, follow positions $2 of partitions
-- $1? Readers had come to what was received at times $3: before that, or an hour before it by another clock, there is none.
SELECT p.partition, p.head, coalesce(c.seq, 0) AS applied, p.head - coalesce(c.seq, 0) AS batches,
       w.received_at AS oldest_at
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
