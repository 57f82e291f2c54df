-- How many events, in how many batches, came in each minute since $1?
SELECT date_trunc('minute', received_at) AS minute, sum(events)::bigint AS events, count(*) AS batches
FROM raw.batch
WHERE received_at >= $1
GROUP BY 1
