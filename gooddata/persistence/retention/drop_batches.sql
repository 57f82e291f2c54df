-- Drops what was received before $1 and applied by the workers, who stand at positions $3 of partitions $2.
SELECT raw.drop_before($1, $2::smallint[], $3::bigint[]) AS name
