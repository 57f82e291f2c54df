-- Hours $2 of project $1 have been counted as of marks $3: those that have not changed since, and are not being changed,
-- are no longer due.
DELETE FROM analytics.unique_due d
USING (
    SELECT d.project_id, d.hour
    FROM unnest($2::timestamptz[], $3::bigint[]) AS counted (hour, marks)
    JOIN analytics.unique_due d ON d.project_id = $1 AND d.hour = counted.hour AND d.marks = counted.marks
    FOR UPDATE OF d SKIP LOCKED
) unchanged
WHERE d.project_id = unchanged.project_id AND d.hour = unchanged.hour
