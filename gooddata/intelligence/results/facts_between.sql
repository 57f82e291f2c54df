-- Which facts are stored of visitors $2 of projects $1, from times $3 to times $4 (epoch ms)?
SELECT v.place, f.*
FROM unnest($1::text::text[], $2::text::uuid[], $3::text::double precision[], $4::text::double precision[])
     WITH ORDINALITY AS v (project_id, visitor, since, until, place)
CROSS JOIN LATERAL (
    SELECT
        project_id, event_id, visitor, "user", session_id, timestamp, type, name, path, source, campaign, device,
        browser, country, product, category, value, revenue, engaged_ms, scroll, vector, vector_version, goal,
        simulated, automated, properties
    FROM analytics.event
    WHERE project_id = v.project_id AND visitor = v.visitor
      AND timestamp BETWEEN to_timestamp(v.since / 1000) AND to_timestamp(v.until / 1000)
    OFFSET 0
) f
