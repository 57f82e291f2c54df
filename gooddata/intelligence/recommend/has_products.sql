-- Has any of the newest 1,000 sessions of people of project $1 had an event about a product?
SELECT EXISTS (
    SELECT FROM (
        SELECT visitor, started_at, last_at FROM analytics.session
        WHERE project_id = $1 AND NOT automated
        ORDER BY last_at DESC LIMIT 1000
    ) s
    JOIN analytics.event e
      ON e.project_id = $1 AND e.visitor = s.visitor AND e.timestamp BETWEEN s.started_at AND s.last_at
    WHERE e.product IS NOT NULL
)
