-- Which versions of every task of project $1 that is asked of sessions are kept, and how good were they on sessions that they
-- had not seen, the newest first?
SELECT task, version, role, status, reason, trained_at, trained_on,
       (metrics ->> 'auc')::double precision AS auc,
       ARRAY[(metrics -> 'auc_interval' ->> 0)::double precision, (metrics -> 'auc_interval' ->> 1)::double precision] AS auc_interval,
       (metrics ->> 'log_loss')::double precision AS log_loss,
       (metrics ->> 'log_loss_baseline')::double precision AS log_loss_baseline,
       (metrics ->> 'ece')::double precision AS ece,
       (metrics ->> 'sessions_test')::bigint AS sessions_test
FROM analytics.model
WHERE project_id = $1 AND task NOT IN ('automation', 'segments', 'recommendations', 'return_7d', 'churn_30d')
ORDER BY task, version DESC
