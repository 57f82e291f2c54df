-- Which project has the id $1 or, failing that, the name? Locked: rotations of a project come one after the other.
SELECT project_id FROM control.project WHERE $1 IN (project_id, name) ORDER BY project_id = $1 DESC FOR UPDATE
