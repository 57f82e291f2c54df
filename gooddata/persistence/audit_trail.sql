-- Which are the newest $4 entries about project $1, or about all projects, of action $2, before entry $3?
SELECT entry, at, actor, login, action, project_id AS project, subject, detail
FROM raw.audit
WHERE (project_id = $1 OR project_id IS NULL) AND ($2::text IS NULL OR action = $2)
  AND ($3::bigint IS NULL OR entry < $3)
ORDER BY entry DESC
LIMIT $4
