-- Keeps how rule $1 stands since the look at $2.
INSERT INTO control.alert_state (rule_id, looked_at, observed, note, firing, since, against, told_firing, told_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (rule_id) DO UPDATE
SET looked_at = $2, observed = $3, note = $4, firing = $5, since = $6, against = $7, told_firing = $8, told_at = $9
