-- What are the tracking plans of projects $1?
SELECT project_id, revision, plan FROM control.tracking_plan WHERE project_id = ANY ($1)
