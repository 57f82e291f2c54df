-- Adds to the counts of these minutes (epoch ms). One array per column; the rows are ordered by key, so that two
-- workers that add to the same cells wait for each other and never deadlock.
INSERT INTO analytics.rollup_minute AS r (
    project_id, dimension, minute, value, events, pageviews, sessions, bounces, conversions, revenue, engaged_ms
)
SELECT
    project_id, dimension, to_timestamp(minute / 1000), value, events, pageviews, sessions, bounces, conversions,
    revenue, engaged_ms
FROM unnest(
    $1::text::text[], $2::text::text[], $3::text::double precision[], $4::text::text[], $5::text::bigint[],
    $6::text::bigint[], $7::text::bigint[], $8::text::bigint[], $9::text::bigint[], $10::text::double precision[],
    $11::text::bigint[]
) AS added (
    project_id, dimension, minute, value, events, pageviews, sessions, bounces, conversions, revenue, engaged_ms
)
ON CONFLICT (project_id, dimension, minute, value) DO UPDATE SET
    events = r.events + excluded.events,
    pageviews = r.pageviews + excluded.pageviews,
    sessions = r.sessions + excluded.sessions,
    bounces = r.bounces + excluded.bounces,
    conversions = r.conversions + excluded.conversions,
    revenue = r.revenue + excluded.revenue,
    engaged_ms = r.engaged_ms + excluded.engaged_ms
