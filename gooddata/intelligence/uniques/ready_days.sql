-- Which days of which projects have hours that are ready to be counted: ended $1 ago and longer, and unchanged for $2, or
-- due for $3 although they change on? The $4 of them that have been unchanged for longest.
SELECT project_id, date_trunc('day', hour, 'UTC') AS day
FROM analytics.unique_due
WHERE hour + interval '1 hour' <= now() - $1::interval
  AND (changed_at <= now() - $2::interval OR since <= now() - $3::interval)
GROUP BY 1, 2
ORDER BY min(changed_at), 1, 2
LIMIT $4
