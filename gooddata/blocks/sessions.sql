-- What sessions of project $1 with an event from $2 to $3 (epoch seconds) were entered by, in the order of their ids.
SELECT
    string_agg(substr(uuid_send(session_id), 1, 8), '') AS session,
    string_agg(int4send(started), '') AS started,
    array_agg(entry_path) AS entry,
    array_agg(source) AS source,
    array_agg(campaign) AS campaign,
    array_agg(device) AS device,
    array_agg(browser) AS browser,
    array_agg(country) AS country
FROM (
    SELECT
        seen.session_id, entry_path, campaign, country,
        floor(extract(epoch FROM coalesce(s.started_at, first_at)) - $2::double precision)::integer AS started,
        CASE WHEN s.session_id IS NOT NULL THEN coalesce(nullif(s.source, ''), 'direct') END AS source,
        CASE WHEN s.session_id IS NOT NULL THEN coalesce(nullif(s.device, ''), 'unknown') END AS device,
        CASE WHEN s.session_id IS NOT NULL THEN coalesce(nullif(s.browser, ''), 'unknown') END AS browser
    FROM (
        SELECT session_id, min(timestamp) AS first_at
        FROM analytics.event
        WHERE project_id || '' = $1 AND timestamp >= to_timestamp($2::double precision)
          AND timestamp < to_timestamp($3::double precision)
        GROUP BY session_id
    ) seen
    LEFT JOIN LATERAL (
        SELECT * FROM analytics.session
        WHERE project_id = $1 AND session_id = seen.session_id
          AND started_at >= to_timestamp($2::double precision) - interval '24 hours'
          AND started_at < to_timestamp($3::double precision)
        LIMIT 1
    ) s ON true
    ORDER BY seen.session_id
) s
