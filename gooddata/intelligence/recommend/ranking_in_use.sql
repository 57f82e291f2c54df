-- Which model of task $2 of project $1 is in use?
SELECT version FROM analytics.model WHERE project_id = $1 AND task = $2 AND role = 'champion' AND status = 'ready'
