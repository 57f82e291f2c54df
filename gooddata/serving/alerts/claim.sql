-- Takes up to $2 messages that are due at $3 to destinations of kind $5, for the process whose claim is $1, until $4: which are they, and where
-- do they go? The number of attempts grows now, so that one that ends its process is not tried for ever.
UPDATE control.alert_delivery d
SET claim = $1, attempts = attempts + 1, next_at = $4
FROM (
    SELECT w.delivery_id
    FROM control.alert_delivery w
    LEFT JOIN control.alert_destination t USING (destination_id)
    WHERE w.state = 'waiting' AND w.next_at <= $3 AND coalesce(t.kind, 'webhook') = $5
    ORDER BY w.next_at
    LIMIT $2
    FOR UPDATE OF w SKIP LOCKED
) due
WHERE d.delivery_id = due.delivery_id
RETURNING d.delivery_id, d.destination_id, d.attempts, d.body
