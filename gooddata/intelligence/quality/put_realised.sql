-- Keeps how good scores turned out to be: of project $1, task $2, version $3, the $5 days from $4 (epoch ms) on.
INSERT INTO analytics.realised (
    project_id, task, model_version, since, days, moments, sessions, base_rate, auc, auc_low, auc_high, log_loss,
    log_loss_baseline, ece
)
VALUES ($1, $2, $3, (to_timestamp($4::double precision / 1000) AT TIME ZONE 'UTC')::date, $5, $6, $7, $8, $9, $10, $11, $12,
        $13, $14)
ON CONFLICT (project_id, task, model_version, since, days) DO UPDATE SET
    moments = excluded.moments, sessions = excluded.sessions, base_rate = excluded.base_rate, auc = excluded.auc,
    auc_low = excluded.auc_low, auc_high = excluded.auc_high, log_loss = excluded.log_loss,
    log_loss_baseline = excluded.log_loss_baseline, ece = excluded.ece, computed_at = now()
