-- Which sketches of hours and days of project $1 hold one of marks $4? Of hours $2 and days $3, and of all that are from
-- before events were removed by their age.
SELECT h.hour AS at, false AS is_day, dimension, value, sketch
FROM analytics.unique_hour h
WHERE project_id = $1
  AND (hour = ANY ($2::timestamptz[])
       OR hour < (SELECT max(before) FROM analytics.unique_closed WHERE project_id IN ($1, '')))
  AND EXISTS (SELECT FROM unnest($4::bytea[]) AS mark WHERE position(mark IN sketch) > 0)
UNION ALL
SELECT d.day, true, dimension, value, sketch
FROM analytics.unique_day d
WHERE project_id = $1
  AND (day = ANY ($3::timestamptz[])
       OR day < (SELECT max(before) FROM analytics.unique_closed WHERE project_id IN ($1, '')))
  AND EXISTS (SELECT FROM unnest($4::bytea[]) AS mark WHERE position(mark IN sketch) > 0)
