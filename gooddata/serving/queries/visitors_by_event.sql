-- Which visitors had an event in project $1 in each of the spans from $2 to $3, of values $5 of dimension $4: page, event
-- or goal? Of each the first eight bytes, one after another.
-- (Nothing but the time is to find the events: by the index of visitors they would be read in disorder.)
SELECT span.place, e.value, string_agg(substr(uuid_send(e.visitor), 1, 8), '') AS visitors
FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS span (since, until, place)
CROSS JOIN LATERAL (
    SELECT DISTINCT visitor, CASE $4
        WHEN 'page' THEN path
        WHEN 'event' THEN coalesce(nullif(name, ''), type)
        WHEN 'goal' THEN CASE WHEN goal THEN coalesce(nullif(name, ''), type) END
    END AS value
    FROM analytics.event
    WHERE project_id || '' = $1 AND timestamp >= since AND timestamp < until
) e
WHERE e.value = ANY ($5::text[])
GROUP BY span.place, e.value
