-- How many anomalies of project $1 were found from $2 to $3, of severity $4 or more, of metric $5 (null: of any)?
SELECT count(*)
FROM analytics.anomaly
WHERE project_id = $1 AND detected_at > $2 AND detected_at <= $3 AND score >= $4::real
  AND ($5::text IS NULL OR metric = $5)
  AND bucket > $2 - interval '2 days'           -- they are found soon after; this is what the key is sorted by
