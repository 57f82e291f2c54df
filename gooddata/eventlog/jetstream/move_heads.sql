-- Partitions $1 stand at positions $2 now.
UPDATE raw.partition p SET head = moved.head
FROM unnest($1::smallint[], $2::bigint[]) AS moved (partition, head)
WHERE p.partition = moved.partition
