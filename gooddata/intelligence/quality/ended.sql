-- Which sessions of project $1 have ended whose scores are kept and not settled yet? At most $2, with the columns of
-- gooddata/intelligence/training/sessions.sql; of what came before them nothing is asked.
SELECT
    session_id, visitor, started_at, last_at, events, pageviews, goals, simulated, automated, 0 AS earlier,
    0 AS earlier_converted, NULL::timestamptz AS earlier_last_at
FROM analytics.session s
WHERE project_id = $1 AND last_at < now() - interval '30 minutes' AND session_id IN (
    SELECT session_id FROM analytics.scored_moment WHERE project_id = $1 AND came_true IS NULL
)
ORDER BY last_at
LIMIT $2
