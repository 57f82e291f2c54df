-- Which undoings of the link of visitor $2 to user $3 in project $1 does $4 take back?
UPDATE analytics.identity_unlink
SET restored_at = clock_timestamp(), restored_by = $4
WHERE project_id = $1 AND visitor = $2 AND "user" = $3 AND restored_at IS NULL
RETURNING undone_at
