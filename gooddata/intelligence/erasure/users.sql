-- Which users of project $1 are the same person as user $2, by the merges in force?
WITH RECURSIVE person AS (
    SELECT analytics.merged_into($1, $2) AS "user"
    UNION
    SELECT m."user"
    FROM person p JOIN analytics.identity_merge m ON m.project_id = $1 AND m.into_user = p."user" AND m.undone_at IS NULL
)
SELECT "user" FROM person UNION SELECT $2
