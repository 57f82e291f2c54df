-- Takes away what was said of sessions $2, and of all of visitors $3 that began up to $4, of project $1, and in which
-- segments visitors $5 are and what is expected of them; how many of each. Whatever learns from these sessions, also at this moment, is to be fitted
-- again.
WITH automation AS (
    DELETE FROM analytics.automation
    WHERE project_id = $1 AND (session_id = ANY ($2::uuid[]) OR (visitor = ANY ($3::uuid[]) AND started_at <= $4))
    RETURNING 1
), members AS (
    DELETE FROM analytics.segment_member WHERE project_id = $1 AND visitor = ANY ($5::uuid[]) RETURNING 1
), scored AS (
    DELETE FROM analytics.visitor_score WHERE project_id = $1 AND visitor = ANY ($5::uuid[]) RETURNING 1
), fitted AS (
    INSERT INTO analytics.standing AS s (project_id, task, erasures)
    SELECT $1, task, 1 FROM unnest(ARRAY['automation', 'segments', 'recommendations', 'return_7d', 'churn_30d']) AS task WHERE cardinality($2::uuid[]) > 0
    ON CONFLICT (project_id, task) DO UPDATE SET erasures = s.erasures + 1
)
SELECT (SELECT count(*) FROM automation) AS automation, (SELECT count(*) FROM members) AS segment_members,
       (SELECT count(*) FROM scored) AS visitor_scores
