-- How did project $1 go from $2 to $3, by steps of $4?
SELECT
    (extract(epoch FROM step) * 1000)::bigint AS t,
    coalesce(sum(events), 0)::bigint AS events,
    coalesce(sum(pageviews), 0)::bigint AS pageviews,
    coalesce(sum(sessions), 0)::bigint AS sessions,
    coalesce(sum(conversions), 0)::bigint AS conversions
FROM generate_series(
    date_bin($4::interval, $2::timestamptz, timestamptz 'epoch'), $3::timestamptz - interval '1 microsecond', $4::interval
) AS step
LEFT JOIN analytics.rollup_minute r
    ON r.project_id = $1 AND r.dimension = '' AND r.minute >= $2 AND r.minute < $3
    AND date_bin($4, r.minute, timestamptz 'epoch') = step
GROUP BY step
ORDER BY step
