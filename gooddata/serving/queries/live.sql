-- How many visitors did project $1 have in the last 5 minutes, and how many events a minute lately?
SELECT
    (SELECT count(DISTINCT visitor) FROM analytics.session
     WHERE project_id = $1 AND last_at >= now() - interval '5 minutes') AS visitors,
    -- The running minute, filled up with its share of the minute before.
    (SELECT coalesce(sum(CASE WHEN minute = date_trunc('minute', now()) THEN events
                              ELSE events * (1 - extract(second FROM now()) / 60) END), 0)
     FROM analytics.rollup_minute
     WHERE project_id = $1 AND dimension = ''
       AND minute BETWEEN date_trunc('minute', now()) - interval '1 minute' AND now())::float8 AS events_per_minute
