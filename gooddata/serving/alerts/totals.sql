-- What happened in project $1 in the minutes from $2 up to $3?
SELECT
    coalesce(sum(events), 0)::float8 AS events,
    coalesce(sum(pageviews), 0)::float8 AS pageviews,
    coalesce(sum(sessions), 0)::float8 AS sessions,
    coalesce(sum(conversions), 0)::float8 AS conversions,
    coalesce(sum(revenue), 0)::float8 AS revenue
FROM analytics.rollup_minute
WHERE project_id = $1 AND dimension = '' AND minute >= $2 AND minute < $3
