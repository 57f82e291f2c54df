-- Keeps events that were refused, with the reason.
INSERT INTO raw.rejection (project_id, received_at, event_id, field, reason, body)
SELECT n.project_id, $1, n.event_id, n.field, n.reason, n.body
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[]) AS n (project_id, event_id, field, reason, body)
