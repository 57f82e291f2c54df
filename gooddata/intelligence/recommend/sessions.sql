-- The newest $3 sessions of people of project $1 that were active since $2, the one that was active longest ago first.
SELECT * FROM (
    SELECT session_id, visitor, started_at, last_at, simulated
    FROM analytics.session
    WHERE project_id = $1 AND last_at >= $2 AND NOT automated
    ORDER BY last_at DESC, session_id
    LIMIT $3
) s
ORDER BY last_at, session_id
