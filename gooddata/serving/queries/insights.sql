-- What is there to say of project $1 at $2, the newest first, and of one day the weightiest first?
SELECT key, kind, sentence, numbers, for_whom, rank,
       (extract(epoch FROM since) * 1000)::bigint AS since, (extract(epoch FROM until) * 1000)::bigint AS until,
       (extract(epoch FROM first_seen) * 1000)::bigint AS first_seen,
       (extract(epoch FROM last_seen) * 1000)::bigint AS last_seen
FROM analytics.insight
WHERE project_id = $1 AND until > $2
ORDER BY date_trunc('day', first_seen, 'UTC') DESC, rank DESC, key
LIMIT $3
