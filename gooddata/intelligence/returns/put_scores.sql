-- What is said of visitors $2 of project $1, who must still have sessions.
INSERT INTO analytics.visitor_score AS v (
    project_id, visitor, return_7d, churn_30d, visits, last_at, usual_gap_days, goals, revenue, computed_at
)
SELECT $1, put.visitor, put.return_7d, put.churn_30d, put.visits, to_timestamp(put.last_at / 1000.0), put.usual_gap_days,
       put.goals, put.revenue, now()
FROM unnest(
    $2::text::uuid[], $3::text::real[], $4::text::real[], $5::text::integer[], $6::text::bigint[], $7::text::real[],
    $8::text::integer[], $9::text::double precision[]
) AS put (visitor, return_7d, churn_30d, visits, last_at, usual_gap_days, goals, revenue)
WHERE EXISTS (SELECT FROM analytics.session s WHERE s.project_id = $1 AND s.visitor = put.visitor)
ON CONFLICT (project_id, visitor) DO UPDATE SET
    return_7d = excluded.return_7d,
    churn_30d = excluded.churn_30d,
    visits = excluded.visits,
    last_at = excluded.last_at,
    usual_gap_days = excluded.usual_gap_days,
    goals = excluded.goals,
    revenue = excluded.revenue,
    computed_at = excluded.computed_at
