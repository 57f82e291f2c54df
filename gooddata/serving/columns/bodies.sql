-- The blocks of hours $2 (epoch seconds) of project $1.
SELECT version, body
FROM analytics.block
WHERE project_id = $1 AND hour IN (SELECT to_timestamp(hour) FROM unnest($2::double precision[]) AS wanted (hour))
ORDER BY hour
