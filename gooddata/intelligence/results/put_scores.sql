-- What are these sessions' newest scores? One array per column, in the order of the columns.
INSERT INTO analytics.score AS s (
    project_id, session_id, task, visitor, score, reason, model_version, last_event
)
SELECT * FROM unnest(
    $1::text::text[], $2::text::uuid[], $3::text::text[], $4::text::uuid[], $5::text::real[], $6::text::text[], $7::text::integer[], $8::text::uuid[]
)
ON CONFLICT (project_id, session_id, task) DO UPDATE SET
    score = excluded.score,
    reason = excluded.reason,
    model_version = excluded.model_version,
    last_event = excluded.last_event,
    computed_at = now()
