-- Which is the newest model of task $2 of project $1?
SELECT max(version) FROM analytics.model WHERE project_id = $1 AND task = $2 AND status = 'ready'
