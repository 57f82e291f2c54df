-- Since when has the oldest batch waited that the workers, who stand at positions $2 of partitions $1, have not applied?
-- They had come to what was received at times $3: before that, or an hour before it by another clock, there is none.
SELECT extract(epoch FROM now() - min(b.received_at)) * 1000 AS lag_ms
FROM raw.partition p
LEFT JOIN unnest($1::smallint[], $2::bigint[], $3::timestamptz[]) AS c (partition, seq, caught_up_at) USING (partition)
CROSS JOIN LATERAL (
    SELECT b.received_at FROM raw.batch b
    WHERE b.partition = p.partition AND b.seq > coalesce(c.seq, 0)
      AND b.received_at >= coalesce(c.caught_up_at - interval '1 hour', '-infinity')
    ORDER BY b.seq
    LIMIT 1
) b
