-- Message $1, which claim $2 has tried, is now in state $3, with answer $4; if it waits, until $5. It is $6.
UPDATE control.alert_delivery
SET state = $3, answer = $4, next_at = coalesce($5, next_at), claim = NULL,
    ended_at = CASE WHEN $3 = 'waiting' THEN NULL ELSE $6::timestamptz END
WHERE delivery_id = $1 AND claim = $2 AND state = 'waiting'
