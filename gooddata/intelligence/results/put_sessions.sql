-- What are these sessions now? One array per column, in the order of the columns; times are epoch milliseconds.
INSERT INTO analytics.session AS s (
    project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals, revenue, engaged_ms, scroll,
    entry_path, last_path, source, campaign, device, browser, country, simulated, automated, last_event
)
SELECT
    project_id, session_id, visitor, to_timestamp(started_at / 1000), to_timestamp(last_at / 1000), events,
    pageviews, clicks, goals, revenue, engaged_ms, scroll, entry_path, last_path, source, campaign, device, browser,
    country, simulated, automated, last_event
FROM unnest(
    $1::text::text[], $2::text::uuid[], $3::text::uuid[], $4::text::double precision[], $5::text::double precision[],
    $6::text::integer[], $7::text::integer[], $8::text::integer[], $9::text::integer[], $10::text::double precision[],
    $11::text::bigint[], $12::text::real[], $13::text::text[], $14::text::text[], $15::text::text[], $16::text::text[],
    $17::text::text[], $18::text::text[], $19::text::text[], $20::text::boolean[], $21::text::boolean[], $22::text::uuid[]
) AS put (
    project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals, revenue, engaged_ms, scroll,
    entry_path, last_path, source, campaign, device, browser, country, simulated, automated, last_event
)
ON CONFLICT (project_id, session_id, started_at) DO UPDATE SET
    last_at = excluded.last_at,
    events = excluded.events,
    pageviews = excluded.pageviews,
    clicks = excluded.clicks,
    goals = excluded.goals,
    revenue = excluded.revenue,
    engaged_ms = excluded.engaged_ms,
    scroll = excluded.scroll,
    entry_path = excluded.entry_path,
    last_path = excluded.last_path,
    source = excluded.source,
    campaign = excluded.campaign,
    device = excluded.device,
    browser = excluded.browser,
    country = excluded.country,
    simulated = excluded.simulated,
    automated = excluded.automated,
    last_event = excluded.last_event,
    updated_at = now()
