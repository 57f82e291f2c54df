-- Notes in the log that test $1 of destination $3, called $4, ended in state $7 with answer $8.
INSERT INTO control.alert_delivery
    (delivery_id, project_id, destination_id, destination, test, body, created_at, state, attempts, answer, ended_at)
VALUES ($1, $2, $3, $4, true, $5, $6, $7, 1, $8, now())
