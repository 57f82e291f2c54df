-- What is said of sessions of project $1, which must still be there.
INSERT INTO analytics.automation AS a (
    project_id, session_id, visitor, started_at, events, score, likely, declared, reasons
)
SELECT s.project_id, s.session_id, s.visitor, s.started_at, put.events, put.score, put.likely, put.declared, put.reasons::jsonb
FROM unnest(
    $2::text::uuid[], $3::text::bigint[], $4::text::integer[], $5::text::real[], $6::text::boolean[],
    $7::text::boolean[], $8::text::text[]
) AS put (session_id, started_at, events, score, likely, declared, reasons)
JOIN analytics.session s ON s.project_id = $1 AND s.session_id = put.session_id
    AND s.started_at = to_timestamp(put.started_at / 1000.0)
ON CONFLICT (project_id, session_id) DO UPDATE SET
    events = excluded.events,
    score = excluded.score,
    likely = excluded.likely,
    declared = excluded.declared,
    reasons = excluded.reasons,
    computed_at = now()
