-- Which sessions of project $1 of people, not programs, are finished (nothing for 30 minutes)? The newest $2, each with
-- what its visitor had done before it.
SELECT session_id, visitor, started_at, last_at, events, pageviews, goals, simulated, earlier, earlier_converted,
    earlier_last_at
FROM (
    SELECT
        *,
        count(*) OVER earlier AS earlier,
        count(*) FILTER (WHERE goals > 0) OVER earlier AS earlier_converted,
        max(last_at) OVER earlier AS earlier_last_at
    FROM analytics.session
    WHERE project_id = $1
    WINDOW earlier AS (PARTITION BY visitor ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) s
WHERE last_at < now() - interval '30 minutes' AND NOT automated
ORDER BY started_at DESC, session_id
LIMIT $2
