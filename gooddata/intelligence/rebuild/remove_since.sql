-- Takes away the sessions that went on at time $2 or later, with what was said of them, and the counts of the minutes from then
-- on; of project $1, or of all.
WITH gone AS (
    DELETE FROM analytics.session WHERE last_at >= $2 AND ($1::text IS NULL OR project_id = $1)
    RETURNING project_id, session_id
), scores AS (
    DELETE FROM analytics.score s USING gone
    WHERE s.project_id = gone.project_id AND s.session_id = gone.session_id
), told AS (
    DELETE FROM analytics.scored_moment m USING gone
    WHERE m.project_id = gone.project_id AND m.session_id = gone.session_id
), automation AS (
    DELETE FROM analytics.automation a USING gone
    WHERE a.project_id = gone.project_id AND a.session_id = gone.session_id
)
DELETE FROM analytics.rollup_minute WHERE minute >= $2 AND ($1::text IS NULL OR project_id = $1)
