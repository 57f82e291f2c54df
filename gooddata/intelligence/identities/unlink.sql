-- Until when are all the signs, so far, that link visitor $2 to user $3 in project $1? That is now, or the newest of
-- them. By $4, because of $5; null where nothing links them. To the millisecond, as events are.
INSERT INTO analytics.identity_unlink (project_id, visitor, "user", undone_at, undone_by, reason)
SELECT $1, $2, $3, date_trunc('milliseconds', greatest(clock_timestamp(), max(seen_at))), $4, $5
FROM analytics.identity_link_in_force
WHERE project_id = $1 AND visitor = $2 AND "user" = $3
HAVING count(*) > 0
RETURNING undone_at
