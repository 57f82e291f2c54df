-- Which visitors had an event in project $1 in each of the spans from $2 to $3, of values $5 of dimension $4, which is one
-- of a session's own, or '' for everything? Of each the first eight bytes, one after another, perhaps more than once.
-- A session has an event when it starts and when it ends, and others only where its visitor's events say so.
SELECT span.place, d.value, string_agg(substr(uuid_send(s.visitor), 1, 8), '') AS visitors
FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS span (since, until, place)
CROSS JOIN LATERAL (
    SELECT visitor, source, campaign, device, browser, country FROM analytics.session
    WHERE project_id = $1 AND last_at >= since AND last_at < until
      AND started_at >= since - interval '24 hours' AND started_at < until
    UNION ALL
    SELECT visitor, source, campaign, device, browser, country FROM analytics.session
    WHERE project_id = $1 AND started_at >= since AND started_at < until AND last_at >= until
    UNION ALL
    SELECT visitor, source, campaign, device, browser, country FROM analytics.session around
    WHERE project_id = $1 AND started_at >= since - interval '24 hours' AND started_at < since AND last_at >= until
      AND EXISTS (
          SELECT FROM analytics.event e
          WHERE e.project_id = $1 AND e.visitor = around.visitor AND e.session_id = around.session_id
            AND e.timestamp >= since AND e.timestamp < until)
) s
CROSS JOIN LATERAL (SELECT CASE $4
    WHEN '' THEN ''
    WHEN 'source' THEN coalesce(nullif(source, ''), 'direct')
    WHEN 'campaign' THEN campaign
    WHEN 'device' THEN coalesce(nullif(device, ''), 'unknown')
    WHEN 'browser' THEN coalesce(nullif(browser, ''), 'unknown')
    WHEN 'country' THEN country
END AS value) d
WHERE d.value = ANY ($5::text[])
GROUP BY span.place, d.value
