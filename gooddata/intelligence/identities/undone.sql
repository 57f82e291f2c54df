-- When were links of visitors $2 of projects $1 undone, whether or not they were restored since?
SELECT u.project_id, u.visitor, u."user", u.undone_at
FROM unnest($1::text::text[], $2::text::uuid[]) AS v (project_id, visitor)
JOIN analytics.identity_unlink u USING (project_id, visitor)
