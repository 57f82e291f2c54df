-- What happened in project $1 from $2 to $3, in one line of totals?
SELECT
    coalesce(sum(events), 0)::bigint AS events,
    coalesce(sum(pageviews), 0)::bigint AS pageviews,
    coalesce(sum(sessions), 0)::bigint AS sessions,
    coalesce(sum(bounces), 0)::bigint AS bounces,
    coalesce(sum(conversions), 0)::bigint AS conversions,
    coalesce(sum(revenue), 0)::float8 AS revenue,
    (SELECT count(*) FROM analytics.session
     WHERE project_id = $1 AND started_at >= $2 AND started_at < $3 AND goals > 0) AS converted_sessions
FROM analytics.rollup_minute
WHERE project_id = $1 AND dimension = '' AND minute >= $2 AND minute < $3
