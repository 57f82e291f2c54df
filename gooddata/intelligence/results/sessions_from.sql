-- Which sessions has each of visitors $2 of projects $1, from the one that was open at times $3 (epoch ms) on?
SELECT v.place, s.started_at, s.last_at
FROM unnest($1::text::text[], $2::text::uuid[], $3::text::double precision[]) WITH ORDINALITY
     AS v (project_id, visitor, since, place)
CROSS JOIN LATERAL (
    SELECT started_at, last_at
    FROM analytics.session
    WHERE project_id = v.project_id AND visitor = v.visitor
      AND started_at >= coalesce(
          (SELECT started_at FROM analytics.session
           WHERE project_id = v.project_id AND visitor = v.visitor AND started_at <= to_timestamp(v.since / 1000)
           ORDER BY started_at DESC LIMIT 1),
          to_timestamp(v.since / 1000))
    ORDER BY started_at
) s
ORDER BY v.place, s.started_at
