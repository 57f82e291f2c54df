-- Keeps what was found in project $1 in buckets of length $2; what is known already stays as it was.
INSERT INTO analytics.anomaly (
    project_id, step, metric, dimension, value, bucket, observed, low, high, score, driver
)
SELECT $1, $2::interval, f.metric, f.dimension, f.value, to_timestamp(f.bucket / 1000.0), f.observed, f.low, f.high,
       f.score, f.driver::jsonb
FROM unnest(
    $3::text::text[], $4::text::text[], $5::text::text[], $6::text::bigint[], $7::text::float8[], $8::text::float8[],
    $9::text::float8[], $10::text::float8[], $11::text::text[]
) AS f (metric, dimension, value, bucket, observed, low, high, score, driver)
ON CONFLICT DO NOTHING
