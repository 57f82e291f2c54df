-- In which of partitions $1 does the log end before positions $2, or hold another batch there than one received at $3?
-- What is past its retention is not held any more, and tells nothing.
SELECT c.partition
FROM unnest($1::smallint[], $2::bigint[], $3::timestamptz[]) AS c (partition, seq, received_at)
JOIN raw.partition p USING (partition)
LEFT JOIN raw.batch b ON b.partition = c.partition AND b.seq = c.seq
WHERE p.head < c.seq OR abs(extract(epoch FROM b.received_at - c.received_at)) > 0.01
ORDER BY c.partition
