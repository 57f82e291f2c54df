-- Of project $1, what did each value of the dimensions $4, and everything, count in the bucket of length $3 at $2, and on
-- average in those at the same time of each of the 7 days before, as far back as $5?
WITH days AS (
    SELECT n, $2::timestamptz - n * interval '1 day' AS start FROM generate_series(0, 7) AS n
    WHERE n = 0 OR $2::timestamptz - n * interval '1 day' >= $5
), counted AS (
    SELECT r.dimension, r.value, d.n, r.events, r.pageviews, r.sessions, r.conversions
    FROM days d
    JOIN analytics.rollup_minute r
        ON r.project_id = $1 AND r.minute >= d.start AND r.minute < d.start + $3::interval
        AND (r.dimension = '' OR r.dimension = ANY ($4::text[]))
), earlier AS (
    SELECT greatest(count(*) FILTER (WHERE n > 0), 1) AS days FROM days
)
SELECT dimension, value,
       coalesce(sum(events) FILTER (WHERE n = 0), 0)::float8 AS events,
       coalesce(sum(pageviews) FILTER (WHERE n = 0), 0)::float8 AS pageviews,
       coalesce(sum(sessions) FILTER (WHERE n = 0), 0)::float8 AS sessions,
       coalesce(sum(conversions) FILTER (WHERE n = 0), 0)::float8 AS conversions,
       (coalesce(sum(events) FILTER (WHERE n > 0), 0) / max(e.days))::float8 AS usual_events,
       (coalesce(sum(pageviews) FILTER (WHERE n > 0), 0) / max(e.days))::float8 AS usual_pageviews,
       (coalesce(sum(sessions) FILTER (WHERE n > 0), 0) / max(e.days))::float8 AS usual_sessions,
       (coalesce(sum(conversions) FILTER (WHERE n > 0), 0) / max(e.days))::float8 AS usual_conversions
FROM counted, earlier e
GROUP BY dimension, value
