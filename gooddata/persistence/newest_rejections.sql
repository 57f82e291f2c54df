-- Which are the newest $5 rejected events of project $1, with reason $2, received since $3, replayed ones if $4, that
-- were received before $6, or then with an id less than $7?
SELECT * FROM (
    SELECT id, project_id, received_at, event_id, field, reason, replayed_at, body, context
    FROM raw.rejection
    WHERE ($1::text IS NULL OR project_id = $1) AND ($2::text IS NULL OR reason = $2)
      AND ($3::timestamptz IS NULL OR received_at >= $3) AND ($4 OR replayed_at IS NULL)
      AND ($6::timestamptz IS NULL OR (received_at, id) < ($6, $7::bigint))
    ORDER BY received_at DESC, id DESC
    LIMIT $5
) newest
ORDER BY received_at, id
