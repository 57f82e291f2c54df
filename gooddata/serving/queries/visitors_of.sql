-- How many visitors did project $1 have on each of days $2, and in each of hours $3?
SELECT day AS at, visitors FROM analytics.unique_day
WHERE project_id = $1 AND dimension = '' AND value = '' AND day = ANY ($2::timestamptz[])
UNION ALL
SELECT hour, visitors FROM analytics.unique_hour
WHERE project_id = $1 AND dimension = '' AND value = '' AND hour = ANY ($3::timestamptz[])
