-- Notes that project $1 is struck from what was received before $2, if the workers, at positions $4 of partitions $3,
-- have applied all of that.
INSERT INTO raw.struck AS s (project_id, until)
SELECT $1, $2
WHERE NOT EXISTS (
    SELECT FROM raw.batch b
    LEFT JOIN unnest($3::smallint[], $4::bigint[]) AS c (partition, seq) USING (partition)
    WHERE b.received_at < $2 AND b.seq > coalesce(c.seq, 0)
)
ON CONFLICT (project_id) DO UPDATE SET until = excluded.until
RETURNING until
