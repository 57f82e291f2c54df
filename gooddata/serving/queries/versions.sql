-- Which versions of every task of project $1 are kept, why are they in use or not, and how good were they, where they are
-- probabilities, on what they had not seen, the newest first?
SELECT task, version, role, status, reason, trained_at, trained_on, decided_because,
       (metrics ->> 'auc')::double precision AS auc,
       ARRAY[(metrics -> 'auc_interval' ->> 0)::double precision, (metrics -> 'auc_interval' ->> 1)::double precision] AS auc_interval,
       (metrics ->> 'log_loss')::double precision AS log_loss,
       (metrics ->> 'log_loss_baseline')::double precision AS log_loss_baseline,
       (metrics ->> 'ece')::double precision AS ece,
       (metrics ->> 'sessions_test')::bigint AS sessions_test
FROM analytics.model
WHERE project_id = $1
ORDER BY task, version DESC
