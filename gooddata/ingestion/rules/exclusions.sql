-- What is each project's own traffic?
SELECT project_id, kind, value FROM control.exclusion ORDER BY project_id, kind, value
