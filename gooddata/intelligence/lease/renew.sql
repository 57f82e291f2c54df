-- Which partitions does worker $1 still hold? It keeps them for another $2.
UPDATE analytics.cursor
SET leased_until = now() + $2::interval
WHERE owner = $1
RETURNING partition, seq, epoch
