-- Which rules has project $1 (null: each project), and how do they stand?
SELECT r.rule_id AS rule, r.project_id AS project, r.name, r.condition, r.looks, r.quiet_minutes, r.destinations,
       r.enabled,
       CASE WHEN NOT r.enabled THEN 'paused' WHEN s.rule_id IS NULL THEN 'new' WHEN s.firing THEN 'firing'
            WHEN s.note IS NOT NULL THEN 'unknown' ELSE 'quiet' END AS state,
       s.observed, s.note, coalesce(s.against, 0) AS against,
       (extract(epoch FROM s.since) * 1000)::bigint AS since,
       (extract(epoch FROM s.looked_at) * 1000)::bigint AS looked_at,
       (extract(epoch FROM s.told_at) * 1000)::bigint AS told_at
FROM control.alert_rule r
LEFT JOIN control.alert_state s USING (rule_id)
WHERE $1::text IS NULL OR r.project_id = $1
ORDER BY r.project_id, coalesce(s.firing AND r.enabled, false) DESC, r.name
