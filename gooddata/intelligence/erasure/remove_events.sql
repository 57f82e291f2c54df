-- Takes away the events of the sessions $3 of visitor $2 of project $1. Of one visitor at a time: see
-- gooddata/persistence/in_columns.py.
DELETE FROM analytics.event WHERE project_id = $1 AND visitor = $2 AND session_id = ANY ($3::uuid[])
