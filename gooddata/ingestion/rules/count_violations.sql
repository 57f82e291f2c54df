-- Adds violations seen until $1 to the counts of their day.
INSERT INTO raw.plan_violation AS kept (project_id, day, event, field, message, outcome, events, last_at)
SELECT n.project_id, n.day, n.event, n.field, n.message, n.outcome, n.events, $1
FROM unnest($2::text[], $3::date[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
     AS n (project_id, day, event, field, message, outcome, events)
ON CONFLICT (project_id, day, event, field, message, outcome) DO UPDATE SET
    events = kept.events + excluded.events,
    last_at = excluded.last_at
