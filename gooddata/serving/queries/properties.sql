-- What events named $2 of project $1 say of their properties, $7 of them at most: of visits, of which $3 are the first
-- eight bytes of the visitor's id, $4 of the session's, and from second $5 to $6 (epoch) the events are.
-- (Offset 0: each visit is looked up by the index of visitors, whatever the planner takes the tables for.)
SELECT e.*
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS visit (visitor, session, since, until)
CROSS JOIN LATERAL (
    SELECT visitor, session_id, product, category, value, revenue, engaged_ms, scroll, properties
    FROM analytics.event
    WHERE project_id = $1
      AND visitor BETWEEN (lpad(to_hex(visit.visitor), 16, '0') || repeat('0', 16))::uuid
          AND (lpad(to_hex(visit.visitor), 16, '0') || repeat('f', 16))::uuid
      AND timestamp >= to_timestamp(visit.since) AND timestamp < to_timestamp(visit.until + 1)
      AND session_id BETWEEN (lpad(to_hex(visit.session), 16, '0') || repeat('0', 16))::uuid
          AND (lpad(to_hex(visit.session), 16, '0') || repeat('f', 16))::uuid
      AND coalesce(nullif(name, ''), type) = $2
    OFFSET 0
) e
LIMIT $7
