-- Which users of project $1 are the same person as user $2, by which merges? The one they are merged into comes first.
WITH RECURSIVE person AS (
    SELECT analytics.merged_into($1, $2) AS "user", NULL::uuid AS into_user, NULL::timestamptz AS merged_at,
           NULL::text AS merged_by, NULL::text AS reason
    UNION ALL
    SELECT m."user", m.into_user, m.merged_at, m.merged_by, m.reason
    FROM person p JOIN analytics.identity_merge m ON m.project_id = $1 AND m.into_user = p."user" AND m.undone_at IS NULL
)
SELECT * FROM person ORDER BY merged_at NULLS FIRST, "user"
