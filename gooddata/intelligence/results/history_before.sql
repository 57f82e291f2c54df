-- What had each of visitors $2 of projects $1 done before times $3 (epoch ms): sessions, how many of them converted, and
-- when did the last of them end?
SELECT h.sessions, h.converted, h.last_at
FROM unnest($1::text::text[], $2::text::uuid[], $3::text::double precision[]) WITH ORDINALITY
     AS v (project_id, visitor, before, place)
CROSS JOIN LATERAL (
    SELECT count(*) AS sessions, count(*) FILTER (WHERE goals > 0) AS converted, max(last_at) AS last_at
    FROM analytics.session
    WHERE project_id = v.project_id AND visitor = v.visitor AND started_at < to_timestamp(v.before / 1000)
) h
ORDER BY v.place
