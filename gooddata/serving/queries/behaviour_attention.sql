-- How long, and how far down, were the pages of project $1 read? From the newest $4 reports of each slice of time from $2
-- to $3; the $5 pages read most, of sessions `of` of which [passing] holds; `pages` says how many there are. A page view is
-- told from others of the same page by its number in the visit; its reports say how long it was read so far.
WITH told AS MATERIALIZED (
    SELECT of_slice.*
    FROM unnest($2::timestamptz[], $3::timestamptz[]) AS slice (since, until)
    CROSS JOIN LATERAL (
        -- By vector.json: engaged_ms and visit_pages.
        SELECT path, session_id, timestamp, engaged_ms, scroll,
               CASE vector_version WHEN 2 THEN vector[1] END AS so_far, CASE vector_version WHEN 2 THEN vector[12] END AS number
        FROM analytics.event
        WHERE project_id = $1 AND name = '$engagement' AND timestamp >= slice.since AND timestamp < slice.until
        ORDER BY timestamp DESC
        LIMIT $4
    ) AS of_slice
), passing AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, min(timestamp) AS at FROM told GROUP BY session_id) AS of
    WHERE [passing]
), view AS (
    SELECT path, coalesce(max(so_far), sum(engaged_ms)) AS engaged_ms, max(scroll) AS scroll
    FROM told
    WHERE session_id IN (SELECT session_id FROM passing)
    GROUP BY path, session_id, number
)
SELECT path AS page, count(*) AS views, percentile_cont(0.5) WITHIN GROUP (ORDER BY engaged_ms) AS engaged_ms,
       count(*) FILTER (WHERE scroll >= 25) AS scrolled_25, count(*) FILTER (WHERE scroll >= 50) AS scrolled_50,
       count(*) FILTER (WHERE scroll >= 75) AS scrolled_75, count(*) FILTER (WHERE scroll >= 100) AS scrolled_100,
       count(*) OVER () AS pages
FROM view
GROUP BY path
ORDER BY views DESC, page
LIMIT $5
