-- What was out of the ordinary in project $1 in buckets from $2 on, newest first, $3 at most?
SELECT metric, dimension, value, (extract(epoch FROM bucket) * 1000)::bigint AS bucket,
       extract(epoch FROM step)::int AS seconds, observed, low, high, score, driver,
       (extract(epoch FROM detected_at) * 1000)::bigint AS detected_at
FROM analytics.anomaly
WHERE project_id = $1 AND bucket >= $2
ORDER BY anomaly.bucket DESC, score DESC, metric, dimension, value
LIMIT $3
