-- How did events of project $1 differ from its tracking plan since the day of $2, and how often?
SELECT event, field, message, outcome, sum(events)::bigint AS events, max(last_at) AS last_at
FROM raw.plan_violation
WHERE project_id = $1 AND ($2::timestamptz IS NULL OR day >= ($2 AT TIME ZONE 'UTC')::date)
GROUP BY event, field, message, outcome
ORDER BY events DESC, event, field, message, outcome
