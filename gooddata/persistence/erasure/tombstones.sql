-- Which tombstones are newer than number $1?
SELECT tombstone, project_id, kind, subject, (extract(epoch FROM since) * 1000)::bigint, (extract(epoch FROM until) * 1000)::bigint
FROM raw.tombstone
WHERE tombstone > $1
ORDER BY tombstone
