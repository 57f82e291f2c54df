-- What is the newest score of every task for visitor $2 of project $1?
SELECT DISTINCT ON (c.task)
    c.session_id, c.task, c.score, c.reason, c.model_version, c.last_event, c.computed_at, m.trained_on, m.metrics
FROM analytics.score c
LEFT JOIN analytics.model m
    ON m.project_id = c.project_id AND m.task = c.task AND m.version = c.model_version
WHERE c.project_id = $1 AND c.visitor = $2
ORDER BY c.task, c.computed_at DESC
