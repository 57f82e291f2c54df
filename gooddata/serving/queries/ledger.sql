-- What became of every event that project $1 sent?
SELECT outcome, reason, sum(events)::bigint AS events
FROM raw.ledger
WHERE project_id = $1
GROUP BY outcome, reason
