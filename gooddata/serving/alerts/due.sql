-- Which rules have not been looked at since $1, and how do they stand?
SELECT r.rule_id, r.project_id, r.name, r.condition, r.looks, r.quiet_minutes, r.destinations,
       coalesce(s.firing, false) AS firing, s.since, coalesce(s.against, 0) AS against,
       coalesce(s.told_firing, false) AS told_firing, s.told_at
FROM control.alert_rule r
LEFT JOIN control.alert_state s USING (rule_id)
WHERE r.enabled AND (s.looked_at IS NULL OR s.looked_at < $1)
ORDER BY r.project_id, r.name
FOR SHARE OF r
