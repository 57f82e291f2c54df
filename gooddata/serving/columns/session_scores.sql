-- The newest scores for task $2 of those sessions of project $1 that have one and were there on the day from $3 (epoch
-- seconds) on, in the order of their ids; in bytes, one after another.
SELECT string_agg(substr(uuid_send(session_id), 1, 8), '') AS heads, string_agg(float4send(score), '') AS scores
FROM (
    SELECT session_id, score
    FROM analytics.session JOIN analytics.score USING (project_id, session_id)
    WHERE project_id = $1 AND task = $2 AND score IS NOT NULL
      AND started_at >= to_timestamp($3::double precision) - interval '24 hours'
      AND started_at < to_timestamp($3::double precision) + interval '24 hours'
      AND last_at >= to_timestamp($3::double precision)
    ORDER BY session_id
) s
