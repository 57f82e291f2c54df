-- How good did the scores of project $1 turn out to be: of task $2 (null: of all), by version and days, the newest first?
SELECT task, model_version, since, days, moments, sessions, base_rate, auc, auc_low, auc_high, log_loss,
       log_loss_baseline, ece, computed_at
FROM analytics.realised
WHERE project_id = $1 AND ($2::text IS NULL OR task = $2) AND since >= (now() AT TIME ZONE 'UTC')::date - 28
ORDER BY task, model_version DESC, days DESC, since DESC
