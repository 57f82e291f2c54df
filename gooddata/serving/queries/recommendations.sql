-- What belongs to item $2 of project $1, or is trending where that is '': the first $3, with categories that the owner has set.
SELECT r.recommended AS item, r.weight, i.category
FROM analytics.recommendation r
LEFT JOIN control.item i ON i.project_id = r.project_id AND i.item = r.recommended
WHERE r.project_id = $1 AND r.item = $2
ORDER BY r.place
LIMIT $3
