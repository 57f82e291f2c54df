-- What was counted in project $1 from $2 to $3 in each bucket of length $4: of everything, of errors, and of the $6
-- greatest values of each of the dimensions $5?
WITH greatest_values AS (
    SELECT dimension, value, row_number() OVER (PARTITION BY dimension ORDER BY sum(events) DESC, value) AS place
    FROM analytics.rollup_minute
    WHERE project_id = $1 AND minute >= $2 AND minute < $3 AND dimension = ANY ($5::text[])
    GROUP BY dimension, value
)
SELECT dimension, value, date_bin($4::interval, minute, timestamptz 'epoch') AS bucket,
       sum(events)::float8 AS events, sum(pageviews)::float8 AS pageviews, sum(sessions)::float8 AS sessions,
       sum(conversions)::float8 AS conversions
FROM analytics.rollup_minute r
WHERE project_id = $1 AND minute >= $2 AND minute < $3
  AND (dimension = '' OR (dimension = 'event' AND value = '$error')
       OR (dimension, value) IN (SELECT g.dimension, g.value FROM greatest_values g WHERE g.place <= $6))
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
