-- The events of project $1 from $2 to $3 (epoch seconds), by session and time; one row with a column per field, one after
-- another in bytes, and texts in arrays.
-- (Nothing but the time is to find the events: by the index of visitors they would be read in disorder.)
SELECT
    string_agg(substr(uuid_send(session_id), 1, 8), '') AS session,
    string_agg(substr(uuid_send(visitor), 1, 8), '') AS visitor,
    string_agg(int4send(second), '') AS second,
    string_agg(int2send(flags::smallint), '') AS flags,
    string_agg(float8send(coalesce(revenue, 0)), '') AS revenue,
    string_agg(int4send(coalesce(engaged_ms, 0)), '') AS engaged_ms,
    array_agg(path) AS path,
    array_agg(name) AS name
FROM (
    SELECT
        session_id, visitor, path, revenue, engaged_ms, coalesce(nullif(name, ''), type) AS name,
        floor(extract(epoch FROM timestamp) - $2::double precision)::integer AS second,
        (CASE WHEN type IN ('page', 'screen') THEN 1 ELSE 0 END)
        + (CASE WHEN type = 'track' AND (name IS NULL OR NOT starts_with(name, '$') OR name = '$click') THEN 2 ELSE 0 END)
        + (CASE WHEN goal THEN 4 ELSE 0 END) AS flags
    FROM analytics.event
    WHERE project_id || '' = $1 AND timestamp >= to_timestamp($2::double precision)
      AND timestamp < to_timestamp($3::double precision)
    ORDER BY session_id, timestamp, event_id
) e
