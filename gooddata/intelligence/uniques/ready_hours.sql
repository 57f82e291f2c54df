-- Which hours of day $2 of project $1 are ready to be counted (by $3, $4 and $5 as in ready_days.sql), as of which mark?
SELECT hour, marks
FROM analytics.unique_due
WHERE project_id = $1 AND hour >= $2 AND hour < $2::timestamptz + interval '1 day'
  AND hour + interval '1 hour' <= now() - $3::interval
  AND (changed_at <= now() - $4::interval OR since <= now() - $5::interval)
ORDER BY hour
