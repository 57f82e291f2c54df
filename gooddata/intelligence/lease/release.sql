-- Worker $1 gives back partitions $2.
UPDATE analytics.cursor
SET owner = NULL, leased_until = NULL
WHERE owner = $1 AND partition = ANY($2::smallint[])
