-- Takes away what was said of sessions $2, and of all of visitors $3 that began up to $4, of project $1, and in which
-- segments visitors $5 are; how many of each. Whatever has learned from these sessions is to be fitted again.
WITH automation AS (
    DELETE FROM analytics.automation
    WHERE project_id = $1 AND (session_id = ANY ($2::uuid[]) OR (visitor = ANY ($3::uuid[]) AND started_at <= $4))
    RETURNING 1
), members AS (
    DELETE FROM analytics.segment_member WHERE project_id = $1 AND visitor = ANY ($5::uuid[]) RETURNING 1
), fitted AS (
    UPDATE analytics.standing SET erasures = erasures + 1 WHERE project_id = $1 AND cardinality($2::uuid[]) > 0
)
SELECT (SELECT count(*) FROM automation) AS automation, (SELECT count(*) FROM members) AS segment_members
