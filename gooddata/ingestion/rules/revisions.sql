-- Which tracking plans are there, and in which revision?
SELECT project_id, revision FROM control.tracking_plan
