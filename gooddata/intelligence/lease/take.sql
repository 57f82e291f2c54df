-- Which $4 partitions can worker $1 have for $2: free ones, expired ones, and those of workers that are gone?
-- (A worker that is there holds an advisory lock of class $3.)
UPDATE analytics.cursor
SET owner = $1, leased_until = now() + $2::interval, epoch = epoch + 1
WHERE partition IN (
    SELECT c.partition
    FROM analytics.cursor c
    WHERE c.owner IS NULL OR c.leased_until < now() OR NOT EXISTS (
        SELECT FROM analytics.worker w
        JOIN pg_locks l ON l.objid::bigint = w.number
        WHERE w.owner = c.owner AND l.locktype = 'advisory' AND l.classid = $3::integer AND l.objsubid = 2
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    ORDER BY c.partition
    LIMIT $4
    FOR UPDATE SKIP LOCKED
)
RETURNING partition, seq, epoch
