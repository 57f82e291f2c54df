-- What are the scores of session $2 of project $1?
SELECT task, score, reason, last_event, computed_at
FROM analytics.score
WHERE project_id = $1 AND session_id = $2
ORDER BY task
