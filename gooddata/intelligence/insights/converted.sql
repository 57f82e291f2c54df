-- How many sessions with a goal began in each hour of project $1 from $2 to $3, of each value of each dimension?
SELECT d.dimension, d.value, date_trunc('hour', s.started_at, 'UTC') AS hour, count(*) AS converted
FROM analytics.session s
CROSS JOIN LATERAL (VALUES
    ('', ''), ('page', s.entry_path), ('source', coalesce(s.source, 'direct')), ('campaign', s.campaign),
    ('device', coalesce(s.device, 'unknown')), ('browser', coalesce(s.browser, 'unknown')), ('country', s.country)
) d (dimension, value)
WHERE s.project_id = $1 AND s.started_at >= $2 AND s.started_at < $3 AND s.goals > 0 AND d.value IS NOT NULL
GROUP BY 1, 2, 3
