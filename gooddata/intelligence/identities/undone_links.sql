-- Which links of any of users $2, or of visitor $3, of project $1 were undone, by whom, and restored or not?
SELECT visitor, "user", undone_at, undone_by, reason, restored_at, restored_by
FROM analytics.identity_unlink
WHERE project_id = $1 AND ("user" = ANY($2::uuid[]) OR visitor = $3)
ORDER BY undone_at DESC
LIMIT 100
