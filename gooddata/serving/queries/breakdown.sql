-- Which values of dimension $4 stood out in project $1 from $2 to $3? The $6 greatest by measure $5.
SELECT
    value,
    sum(events)::bigint AS events,
    sum(pageviews)::bigint AS pageviews,
    sum(sessions)::bigint AS sessions,
    sum(conversions)::bigint AS conversions
FROM analytics.rollup_minute
WHERE project_id = $1 AND dimension = $4 AND minute >= $2 AND minute < $3
GROUP BY value
ORDER BY CASE $5 WHEN 'pageviews' THEN sum(pageviews) WHEN 'sessions' THEN sum(sessions)
              WHEN 'conversions' THEN sum(conversions) ELSE sum(events) END DESC,
         sum(events) DESC, value
LIMIT $6
