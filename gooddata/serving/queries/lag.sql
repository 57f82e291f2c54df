-- Since when has the oldest batch waited that the workers, who stand at positions $2 of partitions $1, have not applied?
SELECT extract(epoch FROM now() - min(b.received_at)) * 1000 AS lag_ms
FROM raw.partition p
LEFT JOIN unnest($1::smallint[], $2::bigint[]) AS c (partition, seq) USING (partition)
JOIN raw.batch b ON b.partition = p.partition AND b.seq = coalesce(c.seq, 0) + 1
