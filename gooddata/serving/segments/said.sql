-- Of visitors of project $1 whose hashes lie between $2 and $3, one range after another: what is said of each, as to the
-- session that began last, and as to what is expected of them.
SELECT asked.place::integer AS place, of.visitor, c.conversion, c.leave_30s, c.leave_page, e.return_7d, e.churn_30d
FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS asked (first, last, place)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (s.visitor) s.visitor, s.session_id
    FROM analytics.session s
    WHERE s.project_id = $1 AND s.visitor BETWEEN asked.first AND asked.last
    ORDER BY s.visitor, s.started_at DESC
) of
CROSS JOIN LATERAL (
    SELECT max(score) FILTER (WHERE task = 'conversion') AS conversion,
           max(score) FILTER (WHERE task = 'leave_30s') AS leave_30s,
           max(score) FILTER (WHERE task = 'leave_page') AS leave_page
    FROM analytics.score
    WHERE project_id = $1 AND session_id = of.session_id
) c
LEFT JOIN analytics.visitor_score e ON e.project_id = $1 AND e.visitor = of.visitor
ORDER BY asked.place, of.visitor
