-- Which visitors did project $1 have on days $3 and in hours $4, of dimension $2 and values $5?
SELECT day AS at, value, sketch FROM analytics.unique_day
WHERE project_id = $1 AND dimension = $2 AND day = ANY ($3::timestamptz[]) AND value = ANY ($5::text[])
UNION ALL
SELECT hour, value, sketch FROM analytics.unique_hour
WHERE project_id = $1 AND dimension = $2 AND hour = ANY ($4::timestamptz[]) AND value = ANY ($5::text[])
