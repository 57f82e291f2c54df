-- The sessions of visitors $2 of project $1 that began since $3, the newest $4 of each, with the product views in each.
SELECT
    s.visitor, s.started_at, s.last_at, s.pageviews, s.clicks, s.engaged_ms, s.goals, s.revenue,
    coalesce(p.products, 0) AS products, s.source, s.device, s.simulated
FROM unnest($2::uuid[]) AS v (visitor)
CROSS JOIN LATERAL (
    SELECT * FROM analytics.session
    WHERE project_id = $1 AND visitor = v.visitor AND started_at >= $3 AND NOT automated
    ORDER BY started_at DESC
    LIMIT $4
) s
LEFT JOIN LATERAL (
    SELECT count(*) AS products FROM analytics.event e
    WHERE e.project_id = $1 AND e.visitor = s.visitor AND e.timestamp BETWEEN s.started_at AND s.last_at
      AND e.name = 'Product Viewed'
) p ON true
