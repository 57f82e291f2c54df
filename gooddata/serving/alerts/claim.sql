-- Takes up to $2 messages that are due at $3, for the process whose claim is $1, until $4: which are they, and where
-- do they go? The number of attempts grows now, so that one that ends its process is not tried for ever.
UPDATE control.alert_delivery d
SET claim = $1, attempts = attempts + 1, next_at = $4
FROM (
    SELECT delivery_id FROM control.alert_delivery
    WHERE state = 'waiting' AND next_at <= $3
    ORDER BY next_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) due
WHERE d.delivery_id = due.delivery_id
RETURNING d.delivery_id, d.destination_id, d.attempts, d.body
