-- Which batches from $2 (null: ever) up to $3 name project $1, and have been applied by workers at positions $5 of
-- partitions $4? (A name that stands in another project's event is found, too; then there is nothing to strike.)
SELECT b.partition, b.seq
FROM raw.batch b
JOIN unnest($4::smallint[], $5::bigint[]) AS c (partition, seq) ON b.partition = c.partition AND b.seq <= c.seq
WHERE b.received_at >= coalesce($2::timestamptz, '-infinity') AND b.received_at < $3
  AND position(convert_to('"project":' || to_json($1::text), 'UTF8') IN b.body) > 0
ORDER BY b.partition, b.seq
