-- Makes the stored facts of visitors $2 of projects $1, from times $3 to times $4 (epoch ms), part of sessions $5.
UPDATE analytics.event e
SET session_id = s.session_id
FROM unnest(
    $1::text::text[], $2::text::uuid[], $3::text::double precision[], $4::text::double precision[], $5::text::uuid[]
) AS s (project_id, visitor, started_at, last_at, session_id)
WHERE e.project_id = s.project_id AND e.visitor = s.visitor
  AND e.timestamp BETWEEN to_timestamp(s.started_at / 1000) AND to_timestamp(s.last_at / 1000)
  AND e.session_id <> s.session_id
