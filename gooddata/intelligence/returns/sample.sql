-- A sample of $3 of the visitors of project $1 who came since $2. Ids are keyed hashes: those that come first are as good as
-- drawn by chance, whether they are still about or long gone.
SELECT visitor FROM analytics.session
WHERE project_id = $1 AND started_at >= $2 AND NOT automated
GROUP BY visitor
ORDER BY visitor
LIMIT $3
