-- Keeps these scores as they are told: project, session, task, how many events it had, when the newest happened (epoch ms),
-- the model's version, the score; one array per column. What was told first of a moment stays.
INSERT INTO analytics.scored_moment (project_id, session_id, task, events, at, model_version, score)
SELECT project_id, session_id, task, events, to_timestamp(at::double precision / 1000), model_version, score
FROM unnest(
    $1::text::text[], $2::text::uuid[], $3::text::text[], $4::text::integer[], $5::text::bigint[], $6::text::integer[],
    $7::text::real[]
) AS m (project_id, session_id, task, events, at, model_version, score)
ON CONFLICT DO NOTHING
