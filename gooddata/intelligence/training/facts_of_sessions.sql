-- What are the first $5 facts of each of these sessions of project $1: of visitors $2, from times $3 to times $4?
SELECT v.place, f.*
FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS v (visitor, since, until, place)
CROSS JOIN LATERAL (
    SELECT
        project_id, event_id, visitor, "user", session_id, timestamp, type, name, path, source, campaign, device,
        browser, country, product, category, value, revenue, engaged_ms, scroll, vector, vector_version, goal,
        simulated, automated, properties
    FROM analytics.event
    WHERE project_id = $1 AND visitor = v.visitor AND timestamp BETWEEN v.since AND v.until
    ORDER BY timestamp, event_id
    LIMIT $5
) f
ORDER BY v.place, f.timestamp, f.event_id
