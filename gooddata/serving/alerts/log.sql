-- What was said in project $1, newest first, $2 at most, and did it get there?
SELECT delivery_id AS delivery, destination_id AS destination_id, destination, test, state, attempts, answer, body,
       (extract(epoch FROM created_at) * 1000)::bigint AS created_at,
       CASE WHEN state = 'waiting' THEN (extract(epoch FROM next_at) * 1000)::bigint END AS next_at,
       (extract(epoch FROM ended_at) * 1000)::bigint AS ended_at
FROM control.alert_delivery
WHERE project_id = $1
ORDER BY alert_delivery.created_at DESC, delivery_id
LIMIT $2
