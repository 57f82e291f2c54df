-- How fast were the pages of project $1? From the newest $4 reports of Web Vitals of each slice of time from $2 to $3; the $5
-- pages with most views past the bounds $6 (LCP in ms), $7 (CLS in thousandths) or $8 (INP in ms), of sessions `of` of which
-- [passing] holds; `pages` says how many there are. Of a page view the newest report counts, in which 0 ms is unknown.
WITH told AS MATERIALIZED (
    SELECT of_slice.*
    FROM unnest($2::timestamptz[], $3::timestamptz[]) AS slice (since, until)
    CROSS JOIN LATERAL (
        -- By vector.json: visit_pages, lcp_ms, cls_milli and inp_ms.
        SELECT path, session_id, timestamp, event_id, vector_version, vector[12] AS number, nullif(vector[25], 0) AS lcp,
               -- These two cannot see layouts shift, and report 0.
               CASE WHEN browser IS NULL OR browser NOT IN ('Firefox', 'Safari') THEN vector[26] END AS cls,
               nullif(vector[27], 0) AS inp
        FROM analytics.event
        WHERE project_id = $1 AND name = '$web_vitals' AND timestamp >= slice.since AND timestamp < slice.until
        ORDER BY timestamp DESC
        LIMIT $4
    ) AS of_slice
), passing AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, min(timestamp) AS at FROM told GROUP BY session_id) AS of
    WHERE [passing]
), view AS (
    SELECT DISTINCT ON (path, session_id, number) path, lcp, cls, inp
    FROM told
    WHERE vector_version = 2 AND session_id IN (SELECT session_id FROM passing)
    ORDER BY path, session_id, number, timestamp DESC, event_id DESC
)
SELECT path AS page, count(*) AS views, count(*) FILTER (WHERE lcp > $6 OR cls > $7 OR inp > $8) AS slow,
       percentile_cont(0.75) WITHIN GROUP (ORDER BY lcp) AS lcp, count(lcp) AS lcp_measured,
       percentile_cont(0.75) WITHIN GROUP (ORDER BY cls) AS cls, count(cls) AS cls_measured,
       percentile_cont(0.75) WITHIN GROUP (ORDER BY inp) AS inp, count(inp) AS inp_measured,
       count(*) OVER () AS pages
FROM view
GROUP BY path
ORDER BY slow DESC, views DESC, page
LIMIT $5
