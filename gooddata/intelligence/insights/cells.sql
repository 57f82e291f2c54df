-- What was counted in each hour of project $1 from $2 to $3, for everything and for the $4 greatest values of each dimension?
WITH great AS (
    SELECT dimension, value
    FROM (
        SELECT dimension, value, row_number() OVER (
            PARTITION BY dimension ORDER BY sum(sessions) DESC, sum(events) DESC, value) AS place
        FROM analytics.rollup_hour
        WHERE project_id = $1 AND hour >= $2 AND hour < $3
        GROUP BY dimension, value
    ) r
    WHERE place <= $4 OR (dimension = 'event' AND value = '$error')
)
SELECT dimension, value, hour, events, pageviews, sessions, bounces, conversions, revenue, engaged_ms
FROM analytics.rollup_hour
JOIN great USING (dimension, value)
WHERE project_id = $1 AND hour >= $2 AND hour < $3
