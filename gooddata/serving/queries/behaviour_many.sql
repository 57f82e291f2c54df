-- How many events [name] had project $1 in the slices of time from $2 to $3? No more than $4 of each are counted.
SELECT sum(of_slice.events)::bigint
FROM unnest($2::timestamptz[], $3::timestamptz[]) AS slice (since, until)
CROSS JOIN LATERAL (
    SELECT count(*) AS events
    FROM (
        SELECT FROM analytics.event
        WHERE project_id = $1 AND name = '[name]' AND timestamp >= slice.since AND timestamp < slice.until
        LIMIT $4
    ) AS counted
) AS of_slice
