-- Which projects are there?
SELECT project_id FROM control.project ORDER BY created_at, project_id
