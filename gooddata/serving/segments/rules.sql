-- Which segments by rule has project $1 ($2: that one alone), and who made and changed them?
SELECT r.segment_id AS segment, r.name, r.filters, r.days,
       (extract(epoch FROM r.made_at) * 1000)::bigint AS made_at, maker.email AS made_by,
       (extract(epoch FROM r.changed_at) * 1000)::bigint AS changed_at, changer.email AS changed_by
FROM control.segment_rule r
LEFT JOIN control.account maker ON maker.account_id = r.made_by
LEFT JOIN control.account changer ON changer.account_id = r.changed_by
WHERE r.project_id = $1 AND ($2::uuid IS NULL OR r.segment_id = $2)
ORDER BY r.name
