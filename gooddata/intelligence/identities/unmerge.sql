-- Which merge of user $2 of project $1 does $3 undo?
UPDATE analytics.identity_merge
SET undone_at = clock_timestamp(), undone_by = $3
WHERE project_id = $1 AND "user" = $2 AND undone_at IS NULL
RETURNING into_user
