-- Which $5 rejected events of project $1, with reason $2, received since $3, come after id $4 and are refused still?
SELECT id, project_id, received_at, event_id, field, reason, replayed_at, body, context
FROM raw.rejection
WHERE project_id = $1 AND ($2::text IS NULL OR reason = $2) AND ($3::timestamptz IS NULL OR received_at >= $3)
  AND id > $4 AND replayed_at IS NULL
ORDER BY id
LIMIT $5
