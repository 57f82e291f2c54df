-- What is expected of visitors of project $1 as to task $2, of whom something is, in the order of their hashes; in bytes,
-- one after another.
SELECT string_agg(substr(uuid_send(visitor), 1, 8), '') AS heads, string_agg(float4send(score), '') AS scores
FROM (
    SELECT visitor, CASE $2 WHEN 'return_7d' THEN return_7d WHEN 'churn_30d' THEN churn_30d END AS score
    FROM analytics.visitor_score
    WHERE project_id = $1
    ORDER BY visitor
) v
WHERE score IS NOT NULL
