-- Which visitors of project $1, programs aside, were here since $2, the latest first? $3 of them; only those who are in no
-- segment yet, if $4. Programs are those that say so, and sessions that are likely one's.
SELECT s.visitor
FROM analytics.session s
LEFT JOIN analytics.automation a ON a.project_id = s.project_id AND a.session_id = s.session_id
LEFT JOIN analytics.segment_member m ON m.project_id = s.project_id AND m.visitor = s.visitor
WHERE s.project_id = $1 AND s.last_at >= $2 AND NOT s.automated AND a.likely IS NOT TRUE
  AND (NOT $4 OR m.visitor IS NULL)
GROUP BY s.visitor
ORDER BY max(s.last_at) DESC, s.visitor
LIMIT $3
