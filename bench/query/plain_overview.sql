-- What happened from $2 to $3, in one line of totals?
SELECT sum(events)::bigint AS events, count(*) AS sessions, count(DISTINCT visitor) AS visitors,
       sum(pageviews)::bigint AS pageviews, count(*) FILTER (WHERE pageviews = 1 AND interactions = 0) AS bounces,
       sum(conversions)::bigint AS conversions, count(*) FILTER (WHERE conversions > 0) AS converted_sessions,
       sum(revenue) AS revenue
FROM (
    SELECT session_id, visitor, count(*) AS events, count(*) FILTER (WHERE type = 'page') AS pageviews,
           count(*) FILTER (WHERE type = 'track' AND (name NOT LIKE '$%' OR name = '$click')) AS interactions,
           count(*) FILTER (WHERE goal) AS conversions, sum(revenue) AS revenue
    FROM plain.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 {filters}
    GROUP BY session_id, visitor
) s
