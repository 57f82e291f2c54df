-- What are the sketches of the hours of day $2 of project $1, those of the same cell one after another?
SELECT dimension, value, sketch
FROM analytics.unique_hour
WHERE project_id = $1 AND dimension = ANY ($3::text[]) AND hour >= $2 AND hour < $2::timestamptz + interval '1 day'
ORDER BY dimension, value
