-- The events of the day that begins at $1, in the order in which they happened.
INSERT INTO plain.event
SELECT e.project_id, e.event_id, e.visitor, e.session_id, e.timestamp, e.type, e.name, e.path, s.source, s.campaign, s.device,
       s.browser, s.country, e.goal, e.revenue, e.engaged_ms
FROM analytics.event e
JOIN analytics.session s ON s.project_id = e.project_id AND s.session_id = e.session_id
    AND s.started_at >= $1::timestamptz - interval '1 day' AND s.started_at < $1::timestamptz + interval '1 day'
WHERE e.timestamp >= $1 AND e.timestamp < $1::timestamptz + interval '1 day'
ORDER BY e.timestamp
