-- The $3 visitors of project $1 who were active last, since $2.
SELECT visitor FROM analytics.session
WHERE project_id = $1 AND last_at >= $2 AND NOT automated
GROUP BY visitor
ORDER BY max(last_at) DESC, visitor
LIMIT $3
