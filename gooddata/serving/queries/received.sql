-- Of the events of project $1 that came in the hours since $2: how many were there, and how many were rejected?
SELECT coalesce(sum(events), 0)::bigint AS received,
       coalesce(sum(events) FILTER (WHERE outcome = 'rejected'), 0)::bigint AS rejected
FROM raw.ledger
WHERE project_id = $1 AND hour >= date_trunc('hour', $2::timestamptz)
