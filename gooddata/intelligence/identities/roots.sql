-- Who are users $2 and $3 of project $1, by the merges in force, and has an event named them?
SELECT analytics.merged_into($1, $2) AS merged_root, analytics.merged_into($1, $3) AS kept_root,
       EXISTS (SELECT FROM analytics.identity_link WHERE project_id = $1 AND "user" = $2) AS merged_known,
       EXISTS (SELECT FROM analytics.identity_link WHERE project_id = $1 AND "user" = $3) AS kept_known
