-- Puts message $5 to destination $3, called $4, into the outbox.
INSERT INTO control.alert_delivery (delivery_id, project_id, destination_id, destination, body, created_at, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $6)
